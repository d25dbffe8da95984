package dev.wakebox.runtime;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request that API Gateway passes to a function.
 *
 * @param path without the stage and without a trailing slash: {@code /status} also when the URL ends with {@code
 *     /Prod/status/}
 * @param stagePath what the URL's path has before {@code path}, for links: {@code /Prod}, or empty
 * @param headers names in lower case
 * @param queryParameters decoded
 * @param authorizer the claims that the authorizer passed on; empty on routes without one
 * @param signer ARN of the caller whose signature API Gateway has checked; empty on routes without IAM authorization
 * @param received when API Gateway received the request; empty when the event doesn't say
 * @param body the bytes after API Gateway's base64 is decoded; still compressed, and empty when there is no body
 * @see <a href="https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html">
 *     payload format 2.0; format 1.0 is also supported</a>
 */
public record HttpRequest(
        String method,
        String path,
        String stagePath,
        Map<String, String> headers,
        Map<String, String> pathParameters,
        Map<String, String> queryParameters,
        Map<String, String> authorizer,
        String signer,
        Optional<Instant> received,
        byte[] body) {

    /**
     * Whether this Lambda event is an HTTP request to answer, and neither an event of another service nor a request to an
     * authorizer.
     */
    public static boolean isHttp(JsonObject event) {
        return event.hasObject("requestContext")
                && !event.containsKey("routeArn")
                && (event.containsKey("rawPath") || event.containsKey("httpMethod"));
    }

    /**
     * Reads an API Gateway event.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} when the body claims to be base64 and isn't
     */
    public static HttpRequest of(JsonObject event) {
        JsonObject context = event.object("requestContext");
        Map<String, String> http = strings(context.object("http"));
        String path = http.getOrDefault("path", event.asText(event.containsKey("rawPath") ? "rawPath" : "path"));
        String stagePath = stagePath(path, context.asText("stage"));
        Map<String, String> pathParameters = strings(event.object("pathParameters"));
        if (path.endsWith("/")) {
            pathParameters.replaceAll((_, value) -> withoutSlash(value));
        }
        return new HttpRequest(
                http.getOrDefault("method", event.asText("httpMethod")),
                withoutSlash(path.substring(stagePath.length())),
                stagePath,
                lowerCaseKeys(strings(event.object("headers"))),
                pathParameters,
                strings(event.object("queryStringParameters")),
                strings(context.object("authorizer").object("lambda")),
                context.object("authorizer").object("iam").asText("userArn"),
                received(context),
                body(event));
    }

    private static Optional<Instant> received(JsonObject context) {
        Number time =
                context.containsKey("timeEpoch") ? context.number("timeEpoch") : context.number("requestTimeEpoch");
        return Optional.ofNullable(time).map(millis -> Instant.ofEpochMilli(millis.longValue()));
    }

    /** The value of a greedy route's {@code proxy} parameter, without a trailing slash; empty for other routes. */
    public Optional<String> greedyRest() {
        return Optional.ofNullable(pathParameters.get("proxy")).map(HttpRequest::withoutSlash);
    }

    /**
     * Refuses a request without an IAM signature. API Gateway only forwards signed requests; {@code sam local
     * start-api} forwards all.
     *
     * @throws WakeboxException {@code FORBIDDEN} when no signature of this request was verified
     */
    public void requireSigner() {
        if (signer.isEmpty()) {
            throw new WakeboxException(
                    ErrorCode.FORBIDDEN,
                    method + " " + path
                            + " needs IAM, and no signature of this request was checked: call it through API"
                            + " Gateway, or through ./wakebox up, with AWS Signature Version 4.");
        }
    }

    /** A header's value, or null. The name is in lower case. */
    public @Nullable String header(String name) {
        return headers.get(name);
    }

    /**
     * The body, decompressed if it is compressed with gzip.
     *
     * @param most the largest size in bytes
     * @throws WakeboxException {@code PAYLOAD_TOO_LARGE} when it is larger, {@code UNSUPPORTED_MEDIA_TYPE} for any other
     *     {@code Content-Encoding}, {@code INVALID_REQUEST} when it is damaged
     */
    public byte[] plainBody(int most) {
        return ContentEncoding.decode(header("content-encoding"), body, most);
    }

    /** HTTP APIs put the name of the stage before the path, except for {@code $default}. */
    private static String stagePath(String path, String stage) {
        return !stage.isEmpty() && path.startsWith("/" + stage + "/") ? "/" + stage : "";
    }

    private static byte[] body(JsonObject event) {
        String body = event.asText("body");
        if (!event.isTrue("isBase64Encoded")) {
            return body.getBytes(StandardCharsets.UTF_8);
        }
        try {
            return Base64.getDecoder().decode(body);
        } catch (IllegalArgumentException e) {
            throw new WakeboxException(ErrorCode.INVALID_REQUEST, "The body is not valid base64.", e);
        }
    }

    private static Map<String, String> strings(JsonObject object) {
        var strings = new LinkedHashMap<String, String>();
        object.keySet().forEach(key -> strings.put(key, object.asText(key)));
        return strings;
    }

    private static String withoutSlash(String path) {
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(0, end);
    }

    private static Map<String, String> lowerCaseKeys(Map<String, String> map) {
        var lower = new LinkedHashMap<String, String>();
        map.forEach((key, value) -> lower.put(key.toLowerCase(Locale.ROOT), value));
        return lower;
    }
}
