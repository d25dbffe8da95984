package dev.wakebox.local.httpapi;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The pages that may call an HTTP API, and how.
 *
 * @param maxAge seconds, as text; empty when not set
 * @see <a href="https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html">CORS for HTTP APIs</a>
 */
public record Cors(
        List<String> origins,
        List<String> methods,
        List<String> headers,
        List<String> exposed,
        String maxAge,
        boolean credentials) {

    /** The headers of an answer to a page of this origin; none when the origin may not call. */
    public Map<String, String> headers(String origin) {
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

    /** The headers of an answer to a browser's preflight request. */
    public Map<String, String> preflight(String origin) {
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
}
