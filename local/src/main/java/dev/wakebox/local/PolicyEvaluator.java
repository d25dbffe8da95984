package dev.wakebox.local;

import dev.wakebox.local.computer.LoopbackHttp;
import dev.wakebox.local.ec2.Permission;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** Asks the emulator ({@code roles.py}) whether the signer of a request has the permissions for it. */
final class PolicyEvaluator implements AutoCloseable {
    /**
     * Why a request is refused.
     *
     * @param code the error code for an invalid signature or credentials; null when a permission is missing
     */
    record Refusal(@Nullable String code, String message) {}

    private final URI endpoint;
    private final HttpClient http =
            LoopbackHttp.plain().version(HttpClient.Version.HTTP_1_1).build();

    PolicyEvaluator(URI emulator) {
        this.endpoint = emulator.resolve("/_wakebox/authorize");
    }

    /** @return empty when everything is allowed */
    Optional<Refusal> refusal(Request request, byte[] body, String service, List<Permission> needed)
            throws IOException, InterruptedException {
        HttpURI uri = request.getHttpURI();
        byte[] question = Json.bytes(Map.of(
                "method", request.getMethod(),
                "path", uri.getPath(),
                "query", uri.getQuery() == null ? "" : uri.getQuery(),
                "headers",
                        request.getHeaders().stream()
                                .map(field -> List.of(field.getName(), String.valueOf(field.getValue())))
                                .toList(),
                "body", Base64.getEncoder().encodeToString(body),
                "service", service,
                "checks",
                        needed.stream()
                                .map(each -> Map.of(
                                        "action", each.action(),
                                        "resource", each.resource(),
                                        "context", each.context()))
                                .toList()));
        HttpResponse<byte[]> answer = http.send(
                HttpRequest.newBuilder(endpoint)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(question))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() != 200) {
            throw new IOException("The emulator did not say whether a request is allowed: HTTP " + answer.statusCode());
        }
        JsonObject decision = Json.object(answer.body());
        return decision.has("message")
                ? Optional.of(
                        new Refusal(decision.has("code") ? decision.text("code") : null, decision.text("message")))
                : Optional.empty();
    }

    @Override
    public void close() {
        http.close();
    }
}
