package dev.wakebox.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that the player fails when a server differs, and when an exchange checks nothing. */
class PlayerTest {
    private static final String EXCHANGE = """
            says: A page asks.
            source: ["somebody/page src/api.js"]
            steps:
              - step: the page sends
                POST: ${api}/answers/
                headers: { content-type: application/json }
                json: { question: "Why?", input: !json { a: 1 } }
                answer:
                  status: 200
                  headers: { x-kind: !matches "a.*" }
                  json:
                    token: !matches "t-[0-9]+"
                    count: 2
                    ready: !is boolean
                    other: !absent ""
                    lines: [a, { b: c }]
                    some: !has [{ id: 2 }]
                    inner: !json { deep: { key: value } }
                save: { token: token, number: !matches '.*"t-([0-9]+)".*' }
              - step: the page reads
                GET: ${api}/files/${token}/${number}
                within: 3s
                answer: { status: 200, text: !matches "hello ${token}.*" }
            """;
    private static final String ANSWER = """
            {"token":"t-1","count":2.0,"ready":true,"lines":["a",{"b":"c","d":1}],"some":[{"id":1},{"id":2}],
             "inner":"{\\"deep\\":{\\"key\\":\\"value\\"}}"}""";

    @TempDir
    Path directory;

    private final Map<String, String> received = new ConcurrentHashMap<>();
    private volatile int status = 200;
    private volatile String answer = ANSWER;
    private volatile String path = "/answers/";
    private volatile String file = "hello t-1, here I am";
    private final AtomicInteger refusals = new AtomicInteger();
    private final HttpServer server;

    PlayerTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    }

    @BeforeEach
    void start() {
        server.createContext("/", exchange -> {
            String asked = exchange.getRequestURI().getPath();
            received.put(asked, new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            boolean known = asked.equals(path) || (asked.equals("/files/t-1/1") && refusals.getAndDecrement() <= 0);
            byte[] body = (asked.startsWith("/files/") ? file : answer).getBytes(UTF_8);
            exchange.getResponseHeaders().set("X-Kind", "an answer");
            exchange.sendResponseHeaders(known ? status : 404, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void play_whenTheServerAnswersAsExpected_succeedsAndSendsWhatIsWritten() {
        assertThatCode(() -> play(EXCHANGE)).doesNotThrowAnyException();

        assertThat(received.get("/answers/")).isEqualTo("{\"question\":\"Why?\",\"input\":\"{\\\"a\\\":1}\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"token\"           | \"tokn\"        | json.token: is missing",
                "\"t-1\"             | \"t-x\"         | json.token: must be",
                "\"count\":2.0       | \"count\":3     | json.count: must be 2, is 3",
                "\"count\":2.0       | \"count\":\"2\" | json.count: must be 2, is 2",
                "true                | \"true\"        | json.ready: must be",
                "\"ready\":true      | \"ready\":true,\"other\":null | json.other: must not be there",
                "[\"a\",             | [               | json.lines: must be",
                "\"b\"               | \"B\"           | json.lines[1].b: is missing",
                "{\"id\":2}          | {\"id\":3}      | json.some: must be",
                "\\\"key\\\"         | \\\"kex\\\"     | json.inner.deep.key: is missing",
                "{\"token\"          | {{              | json: must be JSON",
            })
    void play_whenAFieldOfTheAnswerChanges_failsNamingBoth(String old, String now, String message) {
        assertThat(ANSWER).contains(old);
        answer = ANSWER.replace(old, now);

        assertThatThrownBy(() -> play(EXCHANGE))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Step \"the page sends\"")
                .hasMessageContaining(message);
    }

    @Test
    void play_whenTheStatusChanges_fails() {
        status = 201;

        assertThatThrownBy(() -> play(EXCHANGE)).hasMessageContaining("status: must be 200, is 201");
    }

    @Test
    void play_whenTheSlashAtTheEndIsNoLongerServed_fails() {
        path = "/answers";

        assertThatThrownBy(() -> play(EXCHANGE)).hasMessageContaining("status: must be 200, is 404");
    }

    @Test
    void play_whenSomethingTakesItsTime_waitsForIt() {
        refusals.set(3);

        assertThatCode(() -> play(EXCHANGE)).doesNotThrowAnyException();
    }

    @Test
    void play_whenSomethingNeverComes_failsAfterItsTime() {
        file = "hello somebody";

        assertThatThrownBy(() -> play(EXCHANGE.replace("3s", "1s")))
                .hasMessageContaining("Step \"the page reads\" (for PT1S)")
                .hasMessageContaining("text: must be");
    }

    @Test
    void play_whenAPlaceToSaveIsNotThere_fails() {
        assertThatThrownBy(() -> play(EXCHANGE.replace("{ token: token", "{ token: data.token")))
                .hasMessageContaining("There is no data.token");
    }

    @Test
    void play_whenAVariableIsUnknown_fails() {
        assertThatThrownBy(() -> play(EXCHANGE.replace("${api}/answers", "${apy}/answers")))
                .hasMessageContaining("${apy} is unknown");
    }

    @Test
    void play_whenAStepWouldTakeAnyText_fails() {
        assertThatThrownBy(() -> play(EXCHANGE.replace("\"hello ${token}.*\"", "\".*\"")))
                .hasMessageContaining("Step \"the page reads\" does not notice");
    }

    @ParameterizedTest
    @ValueSource(strings = {"says", "source", "steps", "status: 200", "POST"})
    void read_whenSomethingIsMissing_fails(String key) {
        assertThatThrownBy(() -> read(EXCHANGE.replaceFirst(key, "# " + key)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("exchange.yaml: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"headers:", "within:", "save:", "json:"})
    void read_whenAKeyIsMisspelt_namesIt(String key) {
        assertThatThrownBy(() -> read(EXCHANGE.replaceFirst(key, "x" + key)))
                .hasMessageContaining("\"x" + key.replace(":", "") + "\"")
                .hasMessageContaining("is unknown");
    }

    private void play(String exchange) throws IOException {
        new Player()
                .play(
                        read(exchange),
                        Map.of("api", "http://127.0.0.1:" + server.getAddress().getPort()));
    }

    private Exchange read(String exchange) throws IOException {
        return Exchange.read(Files.writeString(directory.resolve("exchange.yaml"), exchange));
    }
}
