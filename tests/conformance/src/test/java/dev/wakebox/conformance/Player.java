package dev.wakebox.conformance;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import dev.wakebox.conformance.Exchange.Request;
import dev.wakebox.conformance.Exchange.Step;
import dev.wakebox.conformance.Expected.JsonText;
import dev.wakebox.conformance.Expected.Matches;
import dev.wakebox.runtime.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** Plays exchanges. Thread-safe. */
final class Player {
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final AwsV4HttpSigner SIGNER = AwsV4HttpSigner.create();
    private static final AwsCredentialsIdentity USER = AwsCredentialsIdentity.create("test", "test");
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(ProxySelector.of(null)) // everything is on this computer
            .build();

    /**
     * Plays every step, in order.
     *
     * @param values the variables of the running application; {@code unique} is added, another for each exchange
     * @throws AssertionError that names the step, its request, the differences and the answer
     */
    void play(Exchange exchange, Map<String, String> values) {
        var variables = new Variables(values);
        variables.put("unique", UUID.randomUUID().toString().replace("-", "").substring(0, 24));
        for (Step step : exchange.steps()) {
            try {
                play(step, variables);
            } catch (IllegalArgumentException | IOException e) {
                throw new AssertionError("Step \"" + step.name() + "\": " + e.getMessage(), e);
            }
        }
    }

    private void play(Step step, Variables variables) throws IOException {
        var expected = in(step.answer(), variables);
        var request = request(step.request(), variables);
        var deadline = Instant.now().plus(step.within());
        Answer answer = send(request);
        List<String> faults = expected.faults(answer);
        while (!faults.isEmpty() && Instant.now().isBefore(deadline)) {
            LockSupport.parkNanos(PAUSE.toNanos());
            answer = send(request);
            faults = expected.faults(answer);
        }
        if (!faults.isEmpty()) {
            throw new AssertionError("Step \"%s\"%s: %s %s was answered with %d%n  %s%n%s"
                    .formatted(
                            step.name(),
                            step.within().isZero() ? "" : " (for " + step.within() + ")",
                            request.method(),
                            request.uri(),
                            answer.status(),
                            String.join("\n  ", faults),
                            answer.text()));
        }
        for (Answer altered : expected.altered(answer)) {
            if (expected.faults(altered).isEmpty()) {
                throw new AssertionError("Step \"%s\" does not notice this answer in the place of the right one: %d %s"
                        .formatted(step.name(), altered.status(), altered.text()));
            }
        }
        save(step.save(), answer, variables);
    }

    private Answer send(HttpRequest request) throws IOException {
        try {
            var response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            var headers = new LinkedHashMap<String, String>();
            response.headers().map().forEach((name, all) -> headers.put(name, all.getFirst()));
            return new Answer(response.statusCode(), headers, response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private static HttpRequest request(Request request, Variables variables) {
        URI uri = URI.create(variables.in(request.url()));
        byte[] body = body(request, variables);
        var headers = new LinkedHashMap<String, List<String>>();
        request.headers().forEach((name, value) -> headers.put(name, List.of(variables.in(String.valueOf(value)))));
        if (request.sign() != null) {
            headers.putAll(signature(request.method(), uri, request.sign(), body));
        }
        var built = HttpRequest.newBuilder(uri)
                .timeout(LONGEST_ANSWER)
                .method(
                        request.method(),
                        body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        headers.forEach((name, values) -> values.forEach(value -> built.header(name, value)));
        return built.build();
    }

    /** The headers that sign a request as the local root user, who may do everything. */
    private static Map<String, List<String>> signature(String method, URI uri, String service, byte[] body) {
        var unsigned = SdkHttpRequest.builder()
                .method(SdkHttpMethod.fromValue(method))
                .uri(uri)
                .putHeader("Host", uri.getAuthority())
                .build();
        var signed = new LinkedHashMap<>(SIGNER.sign(sign -> sign.identity(USER)
                        .request(unsigned)
                        .payload(() -> new ByteArrayInputStream(body))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service)
                        .putProperty(AwsV4HttpSigner.REGION_NAME, "us-east-1")
                        .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, !service.equals("s3")))
                .request()
                .headers());
        signed.remove("Host"); // the HTTP client adds it
        return signed;
    }

    private static byte[] body(Request request, Variables variables) {
        if (request.json() != null) {
            return Json.bytes(encoded(variables.in(request.json())));
        }
        if (request.text() != null) {
            return variables.in(request.text()).getBytes(StandardCharsets.UTF_8);
        }
        return requireNonNullElse(request.bytes(), new byte[0]);
    }

    /** The tree with strings in place of {@code !json}. */
    private static @Nullable Object encoded(@Nullable Object tree) {
        return switch (tree) {
            case JsonText json -> Json.string(encoded(json.value()));
            case Map<?, ?> map -> {
                var copy = new LinkedHashMap<String, @Nullable Object>();
                map.forEach((key, value) -> copy.put(String.valueOf(key), encoded(value)));
                yield copy;
            }
            case List<?> list -> list.stream().map(Player::encoded).toList();
            case null -> null;
            default -> tree;
        };
    }

    private static Expected in(Expected expected, Variables variables) {
        var headers = new LinkedHashMap<String, Object>();
        expected.headers().forEach((name, value) -> headers.put(name, requireNonNull(variables.in(value), name)));
        return new Expected(expected.status(), headers, variables.in(expected.json()), variables.in(expected.text()));
    }

    private static void save(Map<String, Object> save, Answer answer, Variables variables) {
        save.forEach((name, place) -> {
            Object value = place instanceof Matches matches
                    ? firstGroup(matches, answer.text())
                    : at(String.valueOf(place), Json.object(answer.body()));
            if (value == null) {
                throw new IllegalArgumentException("There is no " + place + " in " + answer.text());
            }
            variables.put(name, String.valueOf(value));
        });
    }

    private static @Nullable String firstGroup(Matches matches, String text) {
        var matcher = matches.in(text);
        return matcher.matches() ? matcher.group(1) : null;
    }

    private static @Nullable Object at(String place, Map<?, ?> object) {
        Object value = object;
        for (String key : place.split("\\.", -1)) {
            value = value instanceof Map<?, ?> map ? map.get(key) : null;
        }
        return value;
    }
}
