package dev.wakebox.local.httpapi;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The event that API Gateway sends to a function for a request.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html">
 *     payload format 2.0</a>
 */
record HttpEvent(
        ApiRequest request, HttpApi.Match match, FrontDoor.Identity api, String stage, String requestId, Instant time) {
    private static final DateTimeFormatter CLF =
            DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final Set<String> TEXT = Set.of("application/json", "application/javascript", "application/xml");

    /**
     * The event for the route's function.
     *
     * @param authorizer the claims of the caller; empty on routes without an authorizer
     */
    byte[] forFunction(JsonObject authorizer) {
        boolean readable = isText(request.header("content-type", ""))
                && request.header("content-encoding", "identity").equalsIgnoreCase("identity");
        Optional<String> text = readable ? utf8(request.body()) : Optional.empty();
        JsonObject event = common(authorizer);
        if (request.body().length > 0) {
            event = event.with("body", text.orElseGet(() -> Base64.getEncoder().encodeToString(request.body())));
        }
        return Json.bytes(event.with("isBase64Encoded", request.body().length > 0 && text.isEmpty()));
    }

    /**
     * The event for an authorizer of this request.
     *
     * @param identity the value of the authorizer's identity source, or null when the request has none
     */
    byte[] forAuthorizer(@Nullable String identity) {
        String routeArn = "arn:aws:execute-api:" + api.region() + ":" + api.accountId() + ":" + api.apiId() + "/"
                + stage + "/" + request.method() + request.path();
        return Json.bytes(common(JsonObject.of())
                .with("type", "REQUEST")
                .with("routeArn", routeArn)
                .with("identitySource", identity == null ? null : List.of(identity)));
    }

    private JsonObject common(JsonObject authorizer) {
        JsonObject event = JsonObject.of("version", "2.0")
                .with("routeKey", match.route().key())
                .with("rawPath", request.path())
                .with("rawQueryString", request.query());
        if (!request.cookies().isEmpty()) {
            event = event.with("cookies", List.of(request.cookies().split("; ?")));
        }
        event = event.with("headers", request.headers());
        if (!request.query().isEmpty()) {
            event = event.with("queryStringParameters", request.queryParameters());
        }
        if (!match.pathParameters().isEmpty()) {
            event = event.with("pathParameters", match.pathParameters());
        }
        return event.with("requestContext", context(authorizer));
    }

    private JsonObject context(JsonObject authorizer) {
        String host = request.header("host", "");
        JsonObject http = JsonObject.of("method", request.method())
                .with("path", request.path())
                .with("protocol", request.protocol())
                .with("sourceIp", request.sourceIp())
                .with("userAgent", request.header("user-agent", ""));
        JsonObject context = JsonObject.of("accountId", api.accountId()).with("apiId", api.apiId());
        if (!authorizer.isEmpty()) {
            context = context.with("authorizer", authorizer);
        }
        return context.with("domainName", host)
                .with("domainPrefix", host.split("[.:]", 2)[0])
                .with("http", http)
                .with("requestId", requestId)
                .with("routeKey", match.route().key())
                .with("stage", stage)
                .with("time", CLF.format(time))
                .with("timeEpoch", time.toEpochMilli());
    }

    /** Empty for bytes that are not UTF-8: they are sent as base64, so that the function can refuse them. */
    private static Optional<String> utf8(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** Whether API Gateway passes this content type on as text; all others become base64. */
    private static boolean isText(String contentType) {
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return type.startsWith("text/") || TEXT.contains(type);
    }
}
