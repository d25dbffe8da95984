package dev.wakebox.runtime;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request as API Gateway hands it to a function.
 *
 * @param headers names in lower case
 * @param queryParameters decoded
 * @param authorizer what the authorizer has told of the caller; empty where none was asked
 * @param body the raw bytes, already out of API Gateway's base64; empty when there is none
 * @see <a href="https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html">
 *     payload format 2.0; format 1.0 is read too</a>
 */
public record HttpRequest(
        String method,
        String path,
        Map<String, String> headers,
        Map<String, String> pathParameters,
        Map<String, String> queryParameters,
        Map<String, String> authorizer,
        byte[] body) {

    /**
     * Whether this Lambda event is an HTTP request to answer: not an event of another service, nor a request that API
     * Gateway only asks an authorizer about.
     */
    public static boolean isHttp(Map<String, @Nullable Object> event) {
        return event.get("requestContext") instanceof Map<?, ?>
                && !event.containsKey("routeArn")
                && (event.containsKey("rawPath") || event.containsKey("httpMethod"));
    }

    /**
     * Reads an API Gateway event.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} when the body claims to be base64 and isn't
     */
    public static HttpRequest of(Map<String, @Nullable Object> event) {
        Map<?, ?> context = object(event.get("requestContext"));
        Map<String, String> http = strings(context.get("http"));
        return new HttpRequest(
                http.getOrDefault("method", text(event.get("httpMethod"))),
                http.getOrDefault("path", text(event.getOrDefault("rawPath", event.get("path")))),
                lowerCaseKeys(strings(event.get("headers"))),
                strings(event.get("pathParameters")),
                strings(event.get("queryStringParameters")),
                strings(object(context.get("authorizer")).get("lambda")),
                body(event));
    }

    /** A header's value, or null. The name is in lower case. */
    public @Nullable String header(String name) {
        return headers.get(name);
    }

    private static byte[] body(Map<String, @Nullable Object> event) {
        String body = text(event.get("body"));
        if (!Boolean.TRUE.equals(event.get("isBase64Encoded"))) {
            return body.getBytes(StandardCharsets.UTF_8);
        }
        try {
            return Base64.getDecoder().decode(body);
        } catch (IllegalArgumentException e) {
            throw new WakeboxException(ErrorCode.INVALID_REQUEST, "The body is not valid base64.", e);
        }
    }

    private static Map<String, String> strings(@Nullable Object value) {
        var strings = new LinkedHashMap<String, String>();
        object(value).forEach((key, entry) -> strings.put(text(key), text(entry)));
        return strings;
    }

    private static Map<?, ?> object(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static Map<String, String> lowerCaseKeys(Map<String, String> map) {
        var lower = new LinkedHashMap<String, String>();
        map.forEach((key, value) -> lower.put(key.toLowerCase(Locale.ROOT), value));
        return lower;
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }
}
