package dev.wakebox.graphql;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Retries;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.secrets.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GraphQlTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final Set<InetSocketAddress> clients = Collections.synchronizedSet(new HashSet<>());
    private volatile String answer = "{\"data\":{}}";
    private volatile int status = 200;
    private volatile Duration beforeHeaders = Duration.ZERO;
    private volatile Duration amidBody = Duration.ZERO;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, String> headers = new ConcurrentHashMap<>();
    private Optional<SecretHeader> secretHeader = Optional.empty();
    private HttpServer server;
    private GraphQl graphQl;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            clients.add(exchange.getRemoteAddress());
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, String.join(",", values)));
            exchange.getRequestBody().readAllBytes();
            byte[] body = answer.getBytes(UTF_8);
            silence(beforeHeaders);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body, 0, 5);
            exchange.getResponseBody().flush();
            silence(amidBody);
            exchange.getResponseBody().write(body, 5, body.length - 5);
            exchange.close();
        });
        server.setExecutor(threads);
        server.start();
        graphQl = with(new GraphQl.Limits(Duration.ofSeconds(10), Duration.ofSeconds(10)));
    }

    private GraphQl with(GraphQl.Limits limits) {
        return new GraphQl(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/graphql"),
                limits,
                new Retries(Clock.systemUTC(), pause -> {}, () -> 0),
                Clock.systemUTC(),
                secretHeader);
    }

    private void silence(Duration duration) {
        try {
            var _ = stopped.await(duration.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void stop() {
        stopped.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    @ParameterizedTest
    @CsvSource({
        "200, UNAUTHENTICATED, UNAUTHORIZED",
        "200, FORBIDDEN, UNAUTHORIZED",
        "500, UNAUTHENTICATED, UNAUTHORIZED",
        "200, BAD_USER_INPUT, BAD_GATEWAY",
    })
    void ask_whenAnErrorHasACode_knowsARefusalOfTheCaller(int newStatus, String code, ErrorCode expected) {
        status = newStatus;
        answer = "{\"data\":null,\"errors\":[{\"message\":\"No\"},{\"message\":\"No\",\"extensions\":{\"code\":\""
                + code + "\"}}]}";

        assertThatThrownBy(() -> graphQl.ask("query { me { _id } }", Map.of(), new CallerHeaders("Bearer x", null)))
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(expected));
    }

    @Test
    void ask_whenTheBodyStallsAfterLateHeaders_isGivenUpInTheTimeOfOneAttempt() {
        beforeHeaders = Duration.ofMillis(2900);
        amidBody = LONG;

        assertTooSlow(
                Duration.ofSeconds(3), () -> with(new GraphQl.Limits(Duration.ofSeconds(3), Duration.ofSeconds(3)))
                        .ask("query { me { _id } }", Map.of(), CallerHeaders.NONE));
    }

    @Test
    void ask_whenAnAttemptBeginsLate_endsWithTheTimeOfAll() {
        beforeHeaders = LONG;

        assertTooSlow(
                Duration.ofMillis(3300), () -> with(new GraphQl.Limits(Duration.ofSeconds(3), Duration.ofMillis(3300)))
                        .ask("query { me { _id } }", Map.of(), CallerHeaders.NONE));
    }

    @Test
    void ask_whenItIsForOneRequest_hasTheTimeOfAllForAllOfItTogether() {
        GraphQl server = with(new GraphQl.Limits(LONG, Duration.ofSeconds(4))).forOneRequest();
        beforeHeaders = Duration.ofMillis(700);
        server.ask("query { me { _id } }", Map.of(), CallerHeaders.NONE);
        beforeHeaders = LONG;

        assertTooSlow(Duration.ofMillis(3300), () -> server.ask("query { me { _id } }", Map.of(), CallerHeaders.NONE));
        assertTooSlow(Duration.ZERO, () -> server.ask("query { me { _id } }", Map.of(), CallerHeaders.NONE));
    }

    /** Some tolerance, but less than another timeout of three seconds. */
    private static void assertTooSlow(Duration atMost, ThrowingCallable call) {
        Instant start = Instant.now();
        assertThatThrownBy(call).isInstanceOfSatisfying(WakeboxException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.GATEWAY_TIMEOUT));
        assertThat(Duration.between(start, Instant.now())).isLessThan(atMost.plusMillis(2500));
    }

    @Test
    void ask_whenTheAnswersWereReadToTheirEnds_keepsItsConnection() {
        for (int i = 0; i < 3; i++) {
            graphQl.ask("query { me { _id } }", Map.of(), CallerHeaders.NONE);
        }

        assertThat(clients).hasSize(1);
    }

    @Test
    void ask_always_showsTheCallerAndTheSecretHeader() {
        secretHeader = Optional.of(secret("{\"name\": \"X-Firewall\", \"value\": \"open sesame\"}"));

        with(new GraphQl.Limits(LONG, LONG))
                .ask("query { me { _id } }", Map.of(), new CallerHeaders("Bearer x", "https://usc.mentorpal.org"));

        assertThat(headers)
                .containsEntry("Authorization", "Bearer x")
                .containsEntry("Custom-external-origin", "https://usc.mentorpal.org")
                .containsEntry("X-firewall", "open sesame");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "open-sesame",
                "{\"name\": \"X-Firewall\"}",
                "{\"name\": \"X Firewall\", \"value\": \"open-sesame\"}",
                "{\"name\": \"X-Firewall\", \"value\": \"open-sesame\\r\\nX-Other: y\"}",
                "{\"name\": 1, \"value\": \"open-sesame\"}",
            })
    void ask_whenTheSecretHasAnotherForm_saysWhichAndNothingOfTheSecret(String text) {
        secretHeader = Optional.of(secret(text));
        GraphQl withSecret = with(new GraphQl.Limits(LONG, LONG));

        assertThatThrownBy(() -> withSecret.ask("query { me { _id } }", Map.of(), CallerHeaders.NONE))
                .hasMessageContaining("GraphqlSecretHeaderArn must be")
                .hasNoCause()
                .satisfies(e -> assertThat(e.toString()).doesNotContain("sesame"));
    }

    private static SecretHeader secret(String text) {
        return new SecretHeader(new Secret(() -> text, Clock.systemUTC()));
    }

    @Test
    void callerHeaders_always_hideTheToken() {
        var caller = new CallerHeaders("Bearer secret", "https://usc.mentorpal.org");

        assertThat(caller.toString()).contains("usc").doesNotContain("secret");
    }
}
