package dev.wakebox.sentry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Functions in separate processes, with stand-ins for Sentry and the stores of secrets. */
class SentryTest {
    private static final String KEY = "5f0a3c1b7d9e4f2a8b6c0d1e2f3a4b5c";
    private static final String SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:sentry-AbCdEf";
    private static final String PARAMETER = "arn:aws:ssm:eu-west-1:123456789012:parameter/wakebox/sentry-dsn";
    private static final String BODY = "Ana García <ana.garcia@example.org>";
    private static final String TOKEN = "Bearer eyJhbGciOiJIUzI1NiJ9.eyJpZCI6IjEyMyJ9.c2ln";
    private static final Pattern TIME = Pattern.compile("(\\d+) ms: ");

    /** A request that a stand-in has seen. */
    private record Seen(String path, Map<String, String> headers, String body) {}

    private final List<Seen> secrets = new CopyOnWriteArrayList<>();
    private final List<Seen> events = new CopyOnWriteArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile int sentryAnswers = 200;
    private volatile boolean sentrySleeps;
    private @Nullable HttpServer server;

    @TempDir
    private Path directory;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            Seen seen = seen(exchange);
            boolean sentry = seen.path().startsWith("/api/");
            (sentry ? events : secrets).add(seen);
            if (sentry && sentrySleeps) {
                await();
            }
            String target = seen.headers().getOrDefault("x-amz-target", "");
            byte[] answer = Json.bytes(
                    target.startsWith("AmazonSSM")
                            ? Map.of("Parameter", Map.of("Value", dsn()))
                            : Map.of("SecretString", dsn() + "\n"));
            exchange.sendResponseHeaders(sentry ? sentryAnswers : 200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    @AfterEach
    void stop() {
        end.countDown();
        Objects.requireNonNull(server).stop(0);
    }

    @Test
    void error_whenItIsOurs_isReportedWithItsTagsBeforeTheAnswer() throws Exception {
        List<String> output = invoke(SECRET, request("/ours"));

        assertThat(output).last().asString().endsWith("answered 500");
        assertThat(events).hasSize(1);
        Seen seen = events.getFirst();
        assertThat(seen.path()).isEqualTo("/api/42/envelope/");
        assertThat(seen.headers().get("x-sentry-auth"))
                .contains("sentry_version=7")
                .contains("sentry_key=" + KEY);
        assertThat(seen.headers()).containsEntry("content-type", "application/x-sentry-envelope");
        Map<String, @Nullable Object> event = event(seen);
        assertThat(event)
                .containsEntry("level", "error")
                .containsEntry("platform", "java")
                .containsEntry("transaction", "test")
                .containsEntry(
                        "tags",
                        Map.of(
                                "function", "test",
                                "requestId", "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
                                "job", "0123456789abcdef"));
        assertThat(exceptions(event))
                .extracting(exception -> exception.get("type"))
                .containsExactly("NumberFormatException", "IllegalStateException");
        assertThat(String.valueOf(exceptions(event).getLast().get("stacktrace")))
                .contains("FailingFunction.java")
                .contains("in_app=true");
    }

    @Test
    void envelope_always_hasTheLengthsThatItNames() throws Exception {
        invoke(SECRET, request("/ours"));

        String[] lines = events.getFirst().body().split("\n", -1);
        assertThat(lines).hasSize(4);
        assertThat(Json.object(lines[0].getBytes(UTF_8)).get("event_id"))
                .isEqualTo(event(events.getFirst()).get("event_id"))
                .asString()
                .matches("[0-9a-f]{32}");
        assertThat(Json.object(lines[1].getBytes(UTF_8)).get("length")).isEqualTo(lines[2].getBytes(UTF_8).length);
    }

    @Test
    void event_always_isWithoutPersonalData() throws Exception {
        invoke(SECRET, request("/ours"), request("/transient"), request("/file"), "{\"owner\": \"" + BODY + "\"}");

        assertThat(events).hasSize(4);
        assertThat(events).allSatisfy(seen -> assertThat(seen.body() + seen.headers())
                .doesNotContainIgnoringCase("García")
                .doesNotContainIgnoringCase("ana")
                .doesNotContain("example.org")
                .doesNotContain("eyJ")
                .doesNotContain("owner"));
    }

    @Test
    void output_always_isWithoutTheDsn() throws Exception {
        sentryAnswers = 403;
        List<String> refused = invoke(SECRET, request("/ours"));
        sentryAnswers = 200;

        assertThat(String.join("\n", refused)).contains("Sentry answered 403").doesNotContain(KEY);
        assertThat(String.join("\n", invoke(SECRET, request("/ours")))).doesNotContain(KEY);
    }

    @Test
    void error_whenItIsTransient_isReportedAsAWarningWithItsCode() throws Exception {
        assertThat(invoke(SECRET, request("/transient"))).last().asString().endsWith("answered 504");

        assertThat(event(events.getFirst())).containsEntry("level", "warning");
        assertThat(exceptions(event(events.getFirst())))
                .extracting(exception -> exception.get("value"))
                .containsExactly("GATEWAY_TIMEOUT", "GATEWAY_TIMEOUT");
    }

    @Test
    void error_whenAnEventFails_isReportedAndStillThrown() throws Exception {
        assertThat(invoke(SECRET, "{\"owner\": 1}")).last().asString().endsWith("threw IllegalArgumentException");

        assertThat(exceptions(event(events.getFirst())))
                .extracting(exception -> exception.get("type"))
                .containsExactly("IllegalArgumentException");
    }

    @Test
    void error_whenItIsTheCallersOrThereIsNone_asksForNothing() throws Exception {
        assertThat(invoke(SECRET, request("/name"))).last().asString().endsWith("answered 400");
        assertThat(invoke(SECRET, request("/fine"))).last().asString().endsWith("answered 200");

        assertThat(events).isEmpty();
        assertThat(secrets).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {SECRET, PARAMETER})
    void dsn_whereverItIsStored_isReadOnceByASignedRequest(String arn) throws Exception {
        invoke(arn, request("/ours"), request("/ours"));

        assertThat(events).hasSize(2);
        assertThat(secrets).hasSize(1);
        assertThat(secrets.getFirst().body()).contains(arn);
        assertThat(secrets.getFirst().headers().get("authorization"))
                .contains("Credential=AKIDEXAMPLE/")
                .contains("/eu-west-1/" + (arn.equals(SECRET) ? "secretsmanager" : "ssm") + "/aws4_request");
    }

    @Test
    void answer_whenSentryIsSlow_comesAfterTwoSecondsAndTheNextAtOnce() throws Exception {
        sentrySleeps = true;

        List<Long> times = times(invoke(SECRET, request("/ours"), request("/ours")));

        assertThat(times.getFirst()).isBetween(1_500L, 4_000L);
        assertThat(times.getLast()).isLessThan(1_000L);
    }

    @Test
    void answer_whenSentryIsDown_isTheSame() throws Exception {
        Objects.requireNonNull(server).stop(0);

        List<String> output = invoke(SECRET, request("/ours"), request("/ours"));

        assertThat(output).filteredOn(line -> line.endsWith("answered 500")).hasSize(2);
        assertThat(times(output)).allMatch(time -> time < 3_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no ARN", "arn:aws:ssm:eu-west-1:123456789012:parameter"})
    void answer_whenTheArnIsNone_isTheSame(String arn) throws Exception {
        assertThat(invoke(arn, request("/ours"))).last().asString().endsWith("answered 500");

        assertThat(events).isEmpty();
    }

    @Test
    void process_whenItIsOff_loadsNothingOfSentry() throws Exception {
        Path classes = directory.resolve("classes.txt");

        run(null, List.of("-Xlog:class+load:file=" + classes), request("/ours"));

        assertThat(Files.readAllLines(classes))
                .anyMatch(line -> line.contains("dev.wakebox.runtime.LambdaFunction "))
                .noneMatch(line -> line.contains(" dev.wakebox.sentry.") && !line.contains("FailingFunction"))
                .noneMatch(line -> line.contains(" software.amazon."));
    }

    private List<String> invoke(String arn, String... events) throws Exception {
        return run(arn, List.of(), events);
    }

    private List<String> run(@Nullable String arn, List<String> options, String... events) throws Exception {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(options);
        command.add(FailingFunction.class.getName());
        command.addAll(List.of(events));
        Path output = directory.resolve("output.txt");
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("AWS_") || name.endsWith("_PROXY"));
        builder.environment()
                .putAll(Map.of(
                        "AWS_ACCESS_KEY_ID", "AKIDEXAMPLE",
                        "AWS_SECRET_ACCESS_KEY", "of-the-test",
                        "AWS_ENDPOINT_URL", "http://127.0.0.1:" + port()));
        if (arn != null) {
            builder.environment().put("SENTRY_DSN_ARN", arn);
        }
        assertThat(builder.start().waitFor()).isZero();
        return Files.readAllLines(output);
    }

    private int port() {
        return Objects.requireNonNull(server).getAddress().getPort();
    }

    private String dsn() {
        return "http://" + KEY + "@127.0.0.1:" + port() + "/42";
    }

    private static String request(String path) {
        return Json.string(Map.of(
                "rawPath",
                path,
                "headers",
                Map.of("authorization", TOKEN),
                "body",
                BODY,
                "requestContext",
                Map.of("http", Map.of("method", "POST", "path", path))));
    }

    private static List<Long> times(List<String> output) {
        return output.stream()
                .map(TIME::matcher)
                .filter(matcher -> matcher.lookingAt())
                .map(matcher -> Long.parseLong(matcher.group(1)))
                .toList();
    }

    private static Map<String, @Nullable Object> event(Seen seen) {
        return Json.object(seen.body().split("\n", -1)[2].getBytes(UTF_8));
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> exceptions(Map<String, @Nullable Object> event) {
        return (List<Map<String, Object>>)
                Objects.requireNonNull(((Map<?, ?>) Objects.requireNonNull(event.get("exception"))).get("values"));
    }

    private static Seen seen(HttpExchange exchange) throws IOException {
        var headers = new HashMap<String, String>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name.toLowerCase(java.util.Locale.ROOT), values.getFirst()));
        return new Seen(
                exchange.getRequestURI().getPath(),
                headers,
                new String(exchange.getRequestBody().readAllBytes(), UTF_8));
    }

    private void await() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
