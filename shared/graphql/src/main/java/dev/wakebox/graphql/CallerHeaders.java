package dev.wakebox.graphql;

import dev.wakebox.runtime.HttpRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The caller's headers that are passed on to the GraphQL server.
 *
 * @param authorization the caller's {@code Authorization} header, or null
 * @param origin of the caller's page, by which the server finds the organisation; or null
 */
public record CallerHeaders(
        @Nullable String authorization, @Nullable String origin) {
    /** No caller. */
    public static final CallerHeaders NONE = new CallerHeaders(null, null);

    /** The headers of this request. */
    public static CallerHeaders of(HttpRequest request) {
        return new CallerHeaders(request.header("authorization"), request.header("origin"));
    }

    /** The present headers by name. */
    Map<String, String> byName() {
        var headers = new LinkedHashMap<String, String>();
        if (authorization != null) {
            headers.put("Authorization", authorization);
        }
        if (origin != null) {
            headers.put("custom-external-origin", origin);
        }
        return headers;
    }

    /** Omits the token. */
    @Override
    public String toString() {
        return "CallerHeaders[origin=" + origin + "]";
    }
}
