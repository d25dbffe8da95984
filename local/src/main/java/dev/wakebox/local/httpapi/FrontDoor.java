package dev.wakebox.local.httpapi;

import dev.wakebox.local.host.LoopbackServer;
import dev.wakebox.local.lambda.InvocationResult;
import dev.wakebox.local.lambda.RuntimeApi;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.io.InputStream;
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

/** Plays API Gateway: answers the routes of the HTTP API with the results of its functions. */
public final class FrontDoor extends Handler.Abstract {
    private static final int MOST_BYTES = 10 * 1024 * 1024;
    private static final String CONSOLE = "/console";
    private static final long MOST_DRAINED = 10L * MOST_BYTES;
    private static final Duration INTEGRATION_LIMIT = Duration.ofSeconds(30);

    /** Runs a function of the template. */
    public interface Functions {
        /** @param logicalId its key in the template */
        java.util.concurrent.CompletableFuture<InvocationResult> invoke(
                String logicalId, String requestId, byte[] event, Instant deadline);
    }

    /** The identity of the API as an AWS resource. */
    public record Identity(String apiId, String accountId, String region) {}

    /** An answer before it is sent. */
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

    public FrontDoor(HttpApi api, Functions functions, SigV4 signatures, Identity identity, Clock clock) {
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
        if (answer.status() == 413) {
            response.getHeaders().put("connection", "close"); // the rest of the body may never end
        }
        LoopbackServer.answer(response, callback, answer.body());
        return true;
    }

    /** The request with its body; empty when the body is larger than API Gateway's limit. */
    private static Optional<ApiRequest> read(Request request) throws IOException {
        byte[] body;
        try (InputStream in = Request.asInputStream(request)) {
            body = in.readNBytes(MOST_BYTES + 1);
            if (body.length > MOST_BYTES) {
                drain(in);
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
        return Optional.of(new ApiRequest(
                request.getMethod(),
                path == null ? "/" : path,
                query == null ? "" : query,
                headers,
                String.join("; ", request.getHeaders().getValuesList("cookie")),
                body,
                Request.getRemoteAddr(request),
                request.getConnectionMetaData().getHttpVersion().asString()));
    }

    /**
     * Discards a limited part of the remaining body, because the client reads the answer only after it has sent its
     * body, which may be endless.
     */
    private static void drain(InputStream in) throws IOException {
        long drained = 0;
        byte[] buffer = new byte[64 * 1024];
        for (int read = in.read(buffer); read >= 0 && drained < MOST_DRAINED; read = in.read(buffer)) {
            drained += read;
        }
    }

    private Answer answer(ApiRequest request, String requestId) {
        Optional<HttpApi.Match> match = api.match(request.method(), api.belowStage(request.path()));
        if (match.isEmpty()) {
            return leadsToConsole(request)
                    ? new Answer(302, Map.of("location", api.basePath() + CONSOLE + "/"), List.of(), new byte[0])
                    : Answer.message(404, "Not Found");
        }
        var event =
                new HttpEvent(request, match.get(), identity, api.stage(request.path()), requestId, clock.instant());
        return switch (match.get().route().access()) {
            case Route.Access.Open() -> integration(event, JsonObject.of());
            case Route.Access.Iam() ->
                signatures.verifies(request)
                        ? integration(event, JsonObject.of("iam", caller()))
                        : Answer.message(403, "Forbidden");
            case Route.Access.Authorizer(String function, String header) -> authorized(event, function, header);
        };
    }

    /** Whether a browser asks for the root, where API Gateway has nothing. Here the address is short, so it leads to the web page. */
    private boolean leadsToConsole(ApiRequest request) {
        return request.method().equals("GET")
                && request.path().equals("/")
                && api.match("GET", CONSOLE).isPresent();
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
        JsonObject decision = object(payload).orElse(JsonObject.of());
        if (!decision.isTrue("isAuthorized")) {
            return Answer.message(403, "Forbidden");
        }
        Object context = decision.has("context") ? decision.get("context") : JsonObject.of();
        return integration(event, JsonObject.of("lambda", context));
    }

    private Answer integration(HttpEvent event, JsonObject authorizer) {
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

    /** The result; empty when the function takes longer than API Gateway waits. */
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

    /** Converts a function's result: a complete answer if it has a status code, otherwise a JSON body. */
    private static Answer returned(byte[] payload) {
        JsonObject result = object(payload).orElse(JsonObject.of());
        if (!result.containsKey("statusCode")) {
            return new Answer(200, Map.of("content-type", "application/json"), List.of(), payload);
        }
        if (!(result.get("statusCode") instanceof Integer status) || status < 200 || status > 599) {
            return Answer.message(500, "Internal Server Error");
        }
        var headers = new LinkedHashMap<String, String>();
        headers.put("content-type", "text/plain;charset=UTF-8");
        result.object("headers")
                .forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), String.valueOf(value)));
        List<String> cookies =
                result.list("cookies").stream().map(String::valueOf).toList();
        Object body = result.get("body");
        String text = body == null ? "" : body.toString();
        try {
            return new Answer(
                    status,
                    headers,
                    cookies,
                    result.isTrue("isBase64Encoded")
                            ? Base64.getDecoder().decode(text)
                            : text.getBytes(StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Answer.message(500, "Internal Server Error");
        }
    }

    private static Optional<JsonObject> object(byte[] payload) {
        try {
            return Optional.of(Json.object(payload));
        } catch (WakeboxException e) {
            return Optional.empty();
        }
    }

    /** The administrator, who signs requests to routes with IAM. */
    private JsonObject caller() {
        return JsonObject.of("accessKey", signatures.accessKey())
                .with("accountId", identity.accountId())
                .with("callerId", identity.accountId())
                .with("cognitoIdentity", null)
                .with("principalOrgId", null)
                .with("userArn", "arn:aws:iam::" + identity.accountId() + ":root")
                .with("userId", identity.accountId());
    }

    private static Answer tooLarge() {
        return Answer.message(413, "Request Entity Too Large");
    }
}
