package dev.wakebox.local;

import dev.wakebox.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What API Gateway tells a function of a request.
 *
 * @see <a href="https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html">
 *     payload format 2.0</a>
 */
record HttpEvent(HttpRequest request, HttpApi.Match match, FrontDoor.Identity api, String requestId, Instant time) {
    private static final DateTimeFormatter CLF =
            DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final Set<String> TEXT = Set.of("application/json", "application/javascript", "application/xml");

    /**
     * The event of the route's function.
     *
     * @param authorizer what is known of the caller; empty when anybody may call
     */
    byte[] forFunction(Map<String, @Nullable Object> authorizer) {
        var event = common(authorizer);
        boolean text = isText(request.header("content-type", ""));
        if (request.body().length > 0) {
            event.put(
                    "body",
                    text
                            ? new String(request.body(), StandardCharsets.UTF_8)
                            : Base64.getEncoder().encodeToString(request.body()));
        }
        event.put("isBase64Encoded", request.body().length > 0 && !text);
        return Json.bytes(event);
    }

    /**
     * The event of an authorizer that is asked about this request.
     *
     * @param identity what the authorizer's identity source is in this request, or null when it has none
     */
    byte[] forAuthorizer(@Nullable String identity) {
        var event = common(Map.of());
        event.put("type", "REQUEST");
        event.put(
                "routeArn",
                "arn:aws:execute-api:" + api.region() + ":" + api.accountId() + ":" + api.apiId() + "/$default/"
                        + request.method() + request.path());
        event.put("identitySource", identity == null ? null : List.of(identity));
        return Json.bytes(event);
    }

    private Map<String, @Nullable Object> common(Map<String, @Nullable Object> authorizer) {
        var event = new LinkedHashMap<String, @Nullable Object>();
        event.put("version", "2.0");
        event.put("routeKey", match.route().key());
        event.put("rawPath", request.path());
        event.put("rawQueryString", request.query());
        if (!request.cookies().isEmpty()) {
            event.put("cookies", List.of(request.cookies().split("; ?")));
        }
        event.put("headers", request.headers());
        if (!request.query().isEmpty()) {
            event.put("queryStringParameters", request.queryParameters());
        }
        if (!match.pathParameters().isEmpty()) {
            event.put("pathParameters", match.pathParameters());
        }
        String host = request.header("host", "");
        var http = new LinkedHashMap<String, @Nullable Object>();
        http.put("method", request.method());
        http.put("path", request.path());
        http.put("protocol", request.protocol());
        http.put("sourceIp", request.sourceIp());
        http.put("userAgent", request.header("user-agent", ""));
        var context = new LinkedHashMap<String, @Nullable Object>();
        context.put("accountId", api.accountId());
        context.put("apiId", api.apiId());
        if (!authorizer.isEmpty()) {
            context.put("authorizer", authorizer);
        }
        context.put("domainName", host);
        context.put("domainPrefix", host.split("[.:]", 2)[0]);
        context.put("http", http);
        context.put("requestId", requestId);
        context.put("routeKey", match.route().key());
        context.put("stage", "$default");
        context.put("time", CLF.format(time));
        context.put("timeEpoch", time.toEpochMilli());
        event.put("requestContext", context);
        return event;
    }

    /** What API Gateway hands over as text; everything else is base64. */
    private static boolean isText(String contentType) {
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return type.startsWith("text/") || TEXT.contains(type);
    }
}
