package dev.wakebox.functions.notify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.secrets.Secret;
import dev.wakebox.webhooks.WebhookKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NotifyHandlerTest {
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(1_769_860_810), ZoneOffset.UTC);
    private static final String KEYS = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\nwhsec_c2Vjb25k\n";

    /** A request of the function. */
    private record Received(
            String path,
            String id,
            String timestamp,
            String signatures,
            Optional<String> traceparent,
            Optional<String> tracestate,
            byte[] body) {
        private static Received of(HttpExchange exchange) throws IOException {
            var headers = exchange.getRequestHeaders();
            return new Received(
                    exchange.getRequestURI().getPath(),
                    headers.getFirst(WebhookKey.ID),
                    headers.getFirst(WebhookKey.TIMESTAMP),
                    headers.getFirst(WebhookKey.SIGNATURE),
                    Optional.ofNullable(headers.getFirst("traceparent")),
                    Optional.ofNullable(headers.getFirst("tracestate")),
                    exchange.getRequestBody().readAllBytes());
        }
    }

    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final List<Duration> delays = new CopyOnWriteArrayList<>();
    private final List<JsonObject> kept = new CopyOnWriteArrayList<>();
    private Map<String, String> answerHeaders = Map.of();
    private int answer = 204;
    private final HttpServer server;

    NotifyHandlerTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            received.add(Received.of(exchange));
            answerHeaders.forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(answer, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void notice_whenARunHasEnded_isAStandardWebhookThatEveryKeySigns() {
        assertThat(failures(Invocation.fixture("notify-run.json"))).isEmpty();

        assertThat(received).singleElement().satisfies(request -> {
            assertThat(request.path()).isEqualTo("/hook");
            assertThat(request.id()).matches("msg_[0-9a-f]{32}");
            assertThat(request.timestamp()).isEqualTo("1769860810");
            assertThat(request.signatures().split(" ", -1)).hasSize(2);
            assertThat(WebhookKey.lines(KEYS))
                    .allMatch(key ->
                            key.verifies(request.signatures(), request.id(), request.timestamp(), request.body()));
            JsonObject body = Json.object(request.body());
            assertThat(body.keySet()).containsExactly("type", "timestamp", "data");
            assertThat(body.text("type")).isEqualTo("run.command_failed");
            assertThat(body.text("timestamp")).isEqualTo("2026-01-31T12:00:00Z");
            assertThat(body.object("data").text("name")).isEqualTo("night-17");
        });
        assertThat(kept).isEmpty();
    }

    @Test
    void notice_whenItComesAgainAsAnotherEvent_hasTheSameId() {
        handle(1, run(Map.of("id", "first", "time", "2026-01-31T12:00:00Z"), Map.of("attempt", 0)));
        handle(2, run(Map.of("id", "second", "time", "2026-01-31T12:00:03Z"), Map.of("attempt", 0)));
        handle(1, run(Map.of(), Map.of("attempt", 1)));
        handle(1, run(Map.of("detail-type", "SUCCEEDED"), Map.of("attempt", 0)));

        assertThat(received).hasSize(4);
        assertThat(received.get(1).id()).isEqualTo(received.get(0).id());
        assertThat(received.stream().map(Received::id).distinct()).hasSize(3);
    }

    @Test
    void notice_whenTheRunIsInATrace_hasItInHeadersAndData() {
        var trace = Map.<String, Object>of(
                "traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "tracestate", "congo=t61");

        handle(1, run(Map.of(), trace));
        handle(1, run(Map.of(), Map.of()));
        handle(1, run(Map.of(), Map.of("traceparent", "x\r\nhost: other", "tracestate", "a=1")));

        assertThat(received).hasSize(3);
        assertThat(received.getFirst().traceparent().orElseThrow()).isEqualTo(trace.get("traceparent"));
        assertThat(received.getFirst().tracestate()).contains("congo=t61");
        assertThat(Json.object(received.getFirst().body()).object("data")).containsAllEntriesOf(trace);
        assertThat(received.subList(1, 3)).allSatisfy(request -> {
            assertThat(request.traceparent()).isEmpty();
            assertThat(request.tracestate()).isEmpty();
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 409, 425, 429, 500, 502, 503, 504})
    void notice_whenTheReceiverFails_isRedelivered(int status) {
        answer = status;

        assertThat(handle(1, run(Map.of(), Map.of()))).hasSize(1);

        assertThat(delays).containsExactly(Duration.ofSeconds(5));
        assertThat(kept).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 400, 401, 403, 404, 410, 413, 422})
    void notice_whenTheReceiverRefuses_isKeptForAnOperator(int status) {
        answer = status;
        answerHeaders = Map.of("Location", "/elsewhere");
        JsonObject message = run(Map.of(), Map.of());

        assertThat(handle(1, message)).isEmpty();

        assertThat(received).extracting(Received::path).containsExactly("/hook");
        assertThat(kept).containsExactly(message);
        assertThat(delays).isEmpty();
    }

    @Test
    void notice_whenNobodyAnswers_isRedelivered() {
        server.stop(0);

        assertThat(handle(3, run(Map.of(), Map.of()))).hasSize(1);

        assertThat(delays).containsExactly(Duration.ofMinutes(30));
    }

    @Test
    void notice_whenTheReceiverSaysWhen_isRedeliveredThen() {
        answer = 429;
        answerHeaders = Map.of("Retry-After", "600");

        handle(1, run(Map.of(), Map.of()));

        assertThat(delays).containsExactly(Duration.ofMinutes(10));
    }

    @ParameterizedTest
    @CsvSource({"1, 5", "2, 300", "3, 1800", "4, 7200", "5, 18000", "6, 36000", "7, 36000", "8, 36000"})
    void delay_always_growsAsTheSpecificationRecommends(int receiveCount, long seconds) {
        assertThat(NotifyHandler.delay(receiveCount, Optional.empty())).hasSeconds(seconds);
        assertThat(NotifyHandler.delay(receiveCount, Optional.of(Duration.ofDays(3))))
                .hasHours(11);
    }

    @Test
    void notice_whenTheRunNamesAPrivateHost_isKeptForAnOperator() {
        var receiver = new Receiver(URI.create("https://example.org/"), new Secret(() -> KEYS, CLOCK), CLOCK);
        for (String url : List.of("http://127.0.0.1/", "https://10.0.0.1/", "https://169.254.169.254/latest")) {
            var webhook =
                    new Webhook("msg_1", "run.succeeded", Optional.of(URI.create(url)), Optional.empty(), new byte[0]);

            assertThat(receiver.send(webhook)).as(url).isInstanceOf(Reception.Refused.class);
        }
    }

    @Test
    void notice_whenTheUrlOfTheRunIsNone_goesToTheStacksReceiver() {
        handle(1, run(Map.of("detail-type", "LAUNCH_FAILED"), Map.of("notify_url", "http://169.254.169.254/")));

        assertThat(received).singleElement().satisfies(request -> assertThat(new String(request.body(), UTF_8))
                .contains("launch_failed")
                .doesNotContain("169.254"));
    }

    @Test
    void webhook_whenTheRunNamesAReceiver_goesThere() {
        var webhook = Webhook.of(run(Map.of(), Map.of("notify_url", "https://hooks.example.org/a")));

        assertThat(webhook.url()).contains(URI.create("https://hooks.example.org/a"));
        assertThat(new String(webhook.body(), UTF_8)).doesNotContain("hooks.example.org");
    }

    @Test
    void notice_whenThereIsNoKey_isRedeliveredUnsent() {
        var handler = handler("a key of another kind");

        assertThat(Invocation.of(handler, batch(1, run(Map.of(), Map.of()))).toString())
                .contains("itemIdentifier");
        assertThat(received).isEmpty();
    }

    @Test
    void notice_whenItIsNoEventOfWakebox_isNotSent() {
        assertThat(handle(1, JsonObject.of("source", "aws.ec2").with("detail-type", "x")))
                .hasSize(1);
        assertThat(handle(1, JsonObject.of("source", "wakebox.run"))).hasSize(1);
        assertThat(received).isEmpty();
    }

    private static JsonObject run(Map<String, Object> event, Map<String, Object> detail) {
        return JsonObject.of("source", "wakebox.run")
                .with("detail-type", "TIMED_OUT")
                .with("time", "2026-01-31T12:00:00Z")
                .with("detail", JsonObject.of("execution", "arn:1").withAll(detail))
                .withAll(event);
    }

    private List<?> handle(int receiveCount, JsonObject message) {
        return failures(batch(receiveCount, message));
    }

    private static String batch(int receiveCount, JsonObject message) {
        return Json.string(Map.of(
                "Records",
                List.of(Map.of(
                        "messageId",
                        "m",
                        "receiptHandle",
                        "r",
                        "eventSource",
                        "aws:sqs",
                        "attributes",
                        Map.of("ApproximateReceiveCount", Integer.toString(receiveCount)),
                        "body",
                        Json.string(message)))));
    }

    private List<?> failures(String event) {
        return JsonObject.copyOf(Invocation.of(handler(KEYS), event)).list("batchItemFailures");
    }

    private NotifyHandler handler(String keys) {
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook");
        return new NotifyHandler(
                new Receiver(url, new Secret(() -> keys, CLOCK), CLOCK), (_, delay) -> delays.add(delay), kept::add);
    }
}
