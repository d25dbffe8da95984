package dev.wakebox.local;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** API Gateway: answers the HTTP API's routes with what its functions return. */
final class FrontDoor extends Handler.Abstract {
    private static final int MOST_BYTES = 10 * 1024 * 1024;
    private static final Duration INTEGRATION_LIMIT = Duration.ofSeconds(30);

    /** Runs a function of the template. */
    interface Functions {
        /** @param logicalId its key in the template */
        java.util.concurrent.CompletableFuture<InvocationResult> invoke(
                String logicalId, String requestId, byte[] event, Instant deadline);
    }

    /** What the API is as an AWS resource. */
    record Identity(String apiId, String accountId, String region) {}

    /** An answer on its way out. */
    private record Answer(int status, Map<String, String> headers, List<String> cookies, byte[] body) {
        static Answer message(int status, String message) {
            return new Answer(
                    status,
                    Map.of("content-type", "application/json"),
                    List.of(),
                    Json.bytes(Map.of("message", message)));
        }
    }

    private final HttpApi api;
    private final Functions functions;
    private final SigV4 signatures;
    private final Identity identity;
    private final Clock clock;

    FrontDoor(HttpApi api, Functions functions, SigV4 signatures, Identity identity, Clock clock) {
        this.api = api;
        this.functions = functions;
        this.signatures = signatures;
        this.identity = identity;
        this.clock = clock;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String requestId = UUID.randomUUID().toString();
        String origin = request.getHeaders().get("origin");
        boolean preflight = request.getMethod().equals("OPTIONS")
                && origin != null
                && request.getHeaders().contains("access-control-request-method")
                && api.cors().isPresent();
        Answer answer = preflight
                ? new Answer(204, api.cors().orElseThrow().preflight(origin), List.of(), new byte[0])
                : read(request).map(read -> answer(read, requestId)).orElseGet(FrontDoor::tooLarge);
        response.setStatus(answer.status());
        answer.headers().forEach(response.getHeaders()::put);
        answer.cookies().forEach(cookie -> response.getHeaders().add("set-cookie", cookie));
        response.getHeaders().put("apigw-requestid", requestId);
        if (origin != null && !preflight) {
            api.cors().ifPresent(cors -> cors.headers(origin).forEach(response.getHeaders()::put));
        }
        LoopbackServer.answer(response, callback, answer.body());
        return true;
    }

    /** The request with its body, or empty when that is larger than API Gateway takes. */
    private static Optional<HttpRequest> read(Request request) throws IOException {
        byte[] body;
        try (InputStream in = Request.asInputStream(request)) {
            body = in.readNBytes(MOST_BYTES + 1);
            if (body.length > MOST_BYTES) {
                in.transferTo(OutputStream.nullOutputStream()); // or the client never gets to read the answer
                return Optional.empty();
            }
        }
        var headers = new LinkedHashMap<String, String>();
        for (HttpField field : request.getHeaders()) {
            String name = field.getName().toLowerCase(Locale.ROOT);
            if (!name.equals("cookie")) {
                headers.merge(name, field.getValue() == null ? "" : field.getValue(), (a, b) -> a + "," + b);
            }
        }
        String path = request.getHttpURI().getPath();
        String query = request.getHttpURI().getQuery();
        return Optional.of(new HttpRequest(
                request.getMethod(),
                path == null ? "/" : path,
                query == null ? "" : query,
                headers,
                String.join("; ", request.getHeaders().getValuesList("cookie")),
                body,
                Request.getRemoteAddr(request),
                request.getConnectionMetaData().getHttpVersion().asString()));
    }

    private Answer answer(HttpRequest request, String requestId) {
        Optional<HttpApi.Match> match = api.match(request.method(), request.path());
        if (match.isEmpty()) {
            return Answer.message(404, "Not Found");
        }
        var event = new HttpEvent(request, match.get(), identity, requestId, clock.instant());
        return switch (match.get().route().access()) {
            case Route.Access.Open() -> integration(event, Map.of());
            case Route.Access.Iam() ->
                signatures.verifies(request)
                        ? integration(event, Map.of("iam", caller()))
                        : Answer.message(403, "Forbidden");
            case Route.Access.Authorizer(String function, String header) -> authorized(event, function, header);
        };
    }

    private Answer authorized(HttpEvent event, String authorizer, @Nullable String header) {
        String identity = header == null ? null : event.request().header(header.toLowerCase(Locale.ROOT));
        if (header != null && (identity == null || identity.isBlank())) {
            return Answer.message(401, "Unauthorized");
        }
        Optional<InvocationResult> result = run(authorizer, event.requestId(), event.forAuthorizer(identity));
        if (!(result.orElse(null) instanceof InvocationResult.Success(byte[] payload))) {
            return Answer.message(500, "Internal Server Error");
        }
        Map<String, @Nullable Object> decision = object(payload).orElse(Map.of());
        if (!Boolean.TRUE.equals(decision.get("isAuthorized"))) {
            return Answer.message(403, "Forbidden");
        }
        Object context = decision.get("context");
        return integration(event, Map.of("lambda", context == null ? Map.of() : context));
    }

    private Answer integration(HttpEvent event, Map<String, @Nullable Object> authorizer) {
        byte[] payload = event.forFunction(authorizer);
        if (payload.length > RuntimeApi.MOST_BYTES) {
            return tooLarge();
        }
        return switch (run(event.match().route().function(), event.requestId(), payload)
                .orElse(null)) {
            case null -> Answer.message(503, "Service Unavailable");
            case InvocationResult.Failure _ -> Answer.message(500, "Internal Server Error");
            case InvocationResult.Success(byte[] returned) -> returned(returned);
        };
    }

    /** The result, or empty when the function needs longer than API Gateway waits. */
    private Optional<InvocationResult> run(String function, String requestId, byte[] event) {
        var result =
                functions.invoke(function, requestId, event, clock.instant().plus(INTEGRATION_LIMIT));
        try {
            return Optional.of(result.get(INTEGRATION_LIMIT.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException | ExecutionException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** What a function's result means: a whole answer when it has a status code, a JSON body otherwise. */
    private static Answer returned(byte[] payload) {
        Optional<Map<String, @Nullable Object>> object = object(payload);
        if (object.isEmpty() || !object.get().containsKey("statusCode")) {
            return new Answer(200, Map.of("content-type", "application/json"), List.of(), payload);
        }
        Map<String, @Nullable Object> result = object.get();
        if (!(result.get("statusCode") instanceof Integer status) || status < 200 || status > 599) {
            return Answer.message(500, "Internal Server Error");
        }
        var headers = new LinkedHashMap<String, String>();
        headers.put("content-type", "text/plain;charset=UTF-8");
        if (result.get("headers") instanceof Map<?, ?> map) {
            map.forEach(
                    (name, value) -> headers.put(String.valueOf(name).toLowerCase(Locale.ROOT), String.valueOf(value)));
        }
        List<String> cookies = result.get("cookies") instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
        Object body = result.get("body");
        String text = body == null ? "" : body.toString();
        try {
            return new Answer(
                    status,
                    headers,
                    cookies,
                    Boolean.TRUE.equals(result.get("isBase64Encoded"))
                            ? Base64.getDecoder().decode(text)
                            : text.getBytes(StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Answer.message(500, "Internal Server Error");
        }
    }

    private static Optional<Map<String, @Nullable Object>> object(byte[] payload) {
        try {
            return Optional.of(Json.object(payload));
        } catch (WakeboxException e) {
            return Optional.empty();
        }
    }

    private Map<String, @Nullable Object> caller() {
        var caller = new LinkedHashMap<String, @Nullable Object>();
        caller.put("accessKey", LocalApplication.ACCESS_KEY);
        caller.put("accountId", identity.accountId());
        caller.put("callerId", identity.accountId());
        caller.put("cognitoIdentity", null);
        caller.put("principalOrgId", null);
        caller.put("userArn", "arn:aws:iam::" + identity.accountId() + ":root");
        caller.put("userId", identity.accountId());
        return caller;
    }

    private static Answer tooLarge() {
        return Answer.message(413, "Request Entity Too Large");
    }
}
