package dev.wakebox.local.httpapi;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request to the HTTP API.
 *
 * @param path as sent, still encoded
 * @param query as sent, still encoded; empty when there is none
 * @param headers names in lower case, several values joined by commas; no cookies
 * @param cookies as sent; empty when there are none
 */
record ApiRequest(
        String method,
        String path,
        String query,
        Map<String, String> headers,
        String cookies,
        byte[] body,
        String sourceIp,
        String protocol) {

    @Nullable
    String header(String name) {
        return headers.get(name);
    }

    String header(String name, String otherwise) {
        return headers.getOrDefault(name, otherwise);
    }

    /** The query's parameters, decoded, several values joined by commas. */
    Map<String, String> queryParameters() {
        var parameters = new LinkedHashMap<String, String>();
        for (String pair : query.split("&", -1)) {
            if (!pair.isEmpty()) {
                String[] parts = pair.split("=", 2);
                parameters.merge(decode(parts[0]), parts.length == 2 ? decode(parts[1]) : "", (a, b) -> a + "," + b);
            }
        }
        return parameters;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
