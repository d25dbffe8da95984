package dev.wakebox.classifierapi;

import dev.wakebox.runtime.Function;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.WakeboxException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A function of the routes below {@code /classifier}: its answers carry what browsers need to be safe, and its refusals
 * are {@code {"data": {"error": …, "message": …}}}. Thread-safe where the subclass is.
 */
public abstract class ClassifierFunction extends Function {
    private static final Map<String, String> HEADERS = Map.of(
            "strict-transport-security", "max-age=31536000; includeSubDomains",
            "x-content-type-options", "nosniff",
            "x-frame-options", "DENY",
            "content-security-policy", "default-src 'none'; frame-ancestors 'none'",
            "referrer-policy", "no-referrer");

    private static final Pattern MENTOR = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    @Override
    protected final Map<String, String> headers() {
        return HEADERS;
    }

    @Override
    protected HttpResponse refusal(WakeboxException e) {
        var data = new LinkedHashMap<String, @Nullable Object>();
        data.put(
                "error",
                switch (e.code()) {
                    case UNAUTHORIZED, FORBIDDEN -> "not authorized";
                    case NOT_FOUND -> "not found";
                    case INVALID_REQUEST, CONFLICT, PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE -> "bad request";
                    case UNAVAILABLE, BAD_GATEWAY, GATEWAY_TIMEOUT -> "unavailable";
                    case INTERNAL -> "internal error";
                });
        data.put("message", e.getMessage());
        if (e.field() != null) {
            data.put("field", e.field());
        }
        return HttpResponse.json(e.code().status(), Map.of("data", data));
    }

    /**
     * A mentor's id from a request.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} when it can't be one
     */
    protected static String mentor(@Nullable Object value) {
        if (value instanceof String mentor && MENTOR.matcher(mentor).matches()) {
            return mentor;
        }
        throw WakeboxException.invalidField(
                "mentor", "The mentor must be an id of 1 to 64 letters, digits, \"-\" or \"_\" (A-Z, a-z, 0-9).");
    }
}
