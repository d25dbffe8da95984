package dev.wakebox.local;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The pages that may call an HTTP API, and how.
 *
 * @param maxAge seconds, as text; empty when not set
 * @see <a href="https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html">CORS for HTTP APIs</a>
 */
record Cors(
        List<String> origins,
        List<String> methods,
        List<String> headers,
        List<String> exposed,
        String maxAge,
        boolean credentials) {

    /** Reads {@code x-amazon-apigateway-cors} (lower-case keys) or SAM's {@code CorsConfiguration}. */
    static Cors of(Object definition) {
        var fields = new LinkedHashMap<String, @Nullable Object>();
        if (definition instanceof Map<?, ?> map) {
            map.forEach((key, value) -> fields.put(String.valueOf(key).toLowerCase(Locale.ROOT), value));
        } else if (Boolean.TRUE.equals(definition)) {
            fields.put("alloworigins", List.of("*"));
        }
        Object maxAge = fields.get("maxage");
        return new Cors(
                strings(fields.get("alloworigins")),
                strings(fields.get("allowmethods")),
                strings(fields.get("allowheaders")),
                strings(fields.get("exposeheaders")),
                maxAge == null ? "" : maxAge.toString(),
                Boolean.TRUE.equals(fields.get("allowcredentials")));
    }

    /** The headers of an answer to a page of this origin; none when the origin may not call. */
    Map<String, String> headers(String origin) {
        var answer = new LinkedHashMap<String, String>();
        if (origins.contains("*") || origins.contains(origin)) {
            answer.put("access-control-allow-origin", origins.contains("*") ? "*" : origin);
            put(answer, "access-control-expose-headers", exposed);
            if (credentials) {
                answer.put("access-control-allow-credentials", "true");
            }
        }
        return answer;
    }

    /** The headers of an answer to a browser's question before the call itself. */
    Map<String, String> preflight(String origin) {
        var answer = new LinkedHashMap<>(headers(origin));
        if (!answer.isEmpty()) {
            put(answer, "access-control-allow-methods", methods);
            put(answer, "access-control-allow-headers", headers);
            if (!maxAge.isEmpty()) {
                answer.put("access-control-max-age", maxAge);
            }
        }
        return answer;
    }

    private static void put(Map<String, String> answer, String name, List<String> values) {
        if (!values.isEmpty()) {
            answer.put(name, String.join(",", values));
        }
    }

    private static List<String> strings(@Nullable Object value) {
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }
}
