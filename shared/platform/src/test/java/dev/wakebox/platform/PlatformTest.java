package dev.wakebox.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.wakebox.local.platform.Fault;
import dev.wakebox.local.platform.Output;
import dev.wakebox.local.platform.PlatformStandIn;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformTest {
    private final PlatformStandIn standIn = PlatformStandIn.start(0);
    private final Platform platform = platform(standIn.tokenDocument());

    @AfterEach
    void stop() {
        standIn.close();
    }

    @Test
    void output_whenThere_givesEveryByte() throws IOException {
        standIn.put(Output.of("a", 200_000));

        try (Download output = platform.output("a", budget(1_000_000))) {
            assertThat(output.readAllBytes()).isEqualTo(standIn.bytes("a"));
            assertThat(output.contentType()).isEqualTo("application/json");
        }
        assertThat(platform.job("a", deadline())).containsEntry("output_filename", "labels.json");
    }

    @Test
    void output_whenUnknown_isNotFound() {
        assertFails(() -> platform.output("a", budget(1)), ErrorCode.NOT_FOUND);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void output_whenLargerThanTheBudget_isRefused(boolean announced) {
        standIn.put(announced ? Output.of("a", 2000) : Output.of("a", 2000).unannounced());

        assertThatThrownBy(() -> {
                    try (Download output = platform.output("a", budget(1999))) {
                        output.readAllBytes();
                    }
                })
                .isInstanceOf(OutOfBudgetException.class);
    }

    @ParameterizedTest
    @CsvSource({"401, BAD_GATEWAY", "429, BAD_GATEWAY", "500, BAD_GATEWAY", "503, BAD_GATEWAY", "504, GATEWAY_TIMEOUT"})
    void output_whenThePlatformFails_mayBeTriedAgain(int status, ErrorCode code) {
        standIn.put(Output.of("a", 10).failing(new Fault.Status(status, "3"), 1));

        assertThatThrownBy(() -> platform.output("a", budget(10)))
                .isInstanceOfSatisfying(PlatformFailure.class, e -> {
                    assertThat(e.code()).isEqualTo(code);
                    assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(3));
                })
                .hasMessageContaining(status == 401 ? "token" : "Ordered by the test");
    }

    @ParameterizedTest
    @CsvSource({"400, BAD_GATEWAY", "403, BAD_GATEWAY", "410, NOT_FOUND"})
    void output_whenThePlatformRefuses_isFinal(int status, ErrorCode code) {
        standIn.put(Output.of("a", 10).failing(new Fault.Status(status, ""), 1));

        assertFails(() -> platform.output("a", budget(10)), code);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 100_000, 199_999})
    void output_whenTheConnectionIsCut_fails(long after) {
        standIn.put(Output.of("a", 200_000).failing(new Fault.Cut(after), 1));

        assertThatThrownBy(() -> {
                    try (Download output = platform.output("a", budget(1_000_000))) {
                        output.readAllBytes();
                        output.verify("whatever");
                    }
                })
                .isInstanceOf(PlatformFailure.class);
    }

    @Test
    void output_whenCutWithoutAnnouncedLength_fails() {
        standIn.put(Output.of("a", 200_000).unannounced().failing(new Fault.Cut(70_000), 1));

        assertThatThrownBy(() -> {
                    try (Download output = platform.output("a", budget(1_000_000))) {
                        output.readAllBytes();
                    }
                })
                .isInstanceOf(PlatformFailure.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254/latest/meta-data/",
                "https://169.254.169.254/",
                "https://localhost/",
                "file:///etc/passwd",
                "http://[::1]/",
                "::"
            })
    void output_whenRedirectedInside_isRefused(String location) {
        standIn.put(Output.of("a", 10).failing(new Fault.Redirect(location), 1));

        assertFails(() -> platform.output("a", budget(10)), ErrorCode.BAD_GATEWAY);
    }

    @Test
    void output_whenRedirectedToAnotherOrigin_takesNoTokenThere() {
        try (var other = PlatformStandIn.start(0)) {
            standIn.put(Output.of("a", 10).failing(new Fault.Redirect(other.uri() + "/v1/jobs/b/output"), 1));
            other.put(Output.of("b", 10));

            assertThatThrownBy(() -> platform.output("a", budget(10)))
                    .isInstanceOf(PlatformFailure.class)
                    .hasMessageContaining("401");
            assertThat(other.requests("b")).isZero();
        }
    }

    @Test
    void output_whenRedirectedWithinTheOrigin_follows() throws IOException {
        standIn.put(Output.of("a", 10).failing(new Fault.Redirect("/v1/jobs/b/output"), 1));
        standIn.put(Output.of("b", 10));

        try (Download output = platform.output("a", budget(10))) {
            assertThat(output.readAllBytes()).isEqualTo(standIn.bytes("b"));
        }
    }

    @Test
    void output_whenRedirectedInACircle_isRefused() {
        standIn.put(Output.of("a", 10).failing(new Fault.Redirect("/v1/jobs/a/output"), 100));

        assertFails(() -> platform.output("a", budget(10)), ErrorCode.BAD_GATEWAY);
    }

    @Test
    void job_whenTheTokenWasRotated_readsItAgain() {
        var document = new AtomicReference<>(standIn.tokenDocument().replace(PlatformStandIn.PRIVATE_KEY, "old"));
        var now = new AtomicReference<>(Instant.parse("2026-11-22T12:00:00Z"));
        Clock clock = ((InstantSource) now::get).withZone(ZoneOffset.UTC);
        var rotating = new Platform(new Secret(document::get, clock), new HostGuard(Set.of("127.0.0.1")), clock);
        standIn.put(Output.of("a", 10));
        Instant deadline = now.get().plusSeconds(600);

        assertThatThrownBy(() -> rotating.job("a", deadline)).isInstanceOf(PlatformFailure.class);

        document.set(standIn.tokenDocument());
        now.set(now.get().plusSeconds(31));
        assertThat(rotating.job("a", deadline)).containsEntry("id", "a");
    }

    @Test
    void job_whenTheBaseIsInside_isRefused() {
        var inside = new Platform(
                new Secret(standIn::tokenDocument, Clock.systemUTC()), new HostGuard(Set.of()), Clock.systemUTC());

        assertFails(() -> inside.job("a", deadline()), ErrorCode.BAD_GATEWAY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "secret-key",
                "{}",
                "{\"access_token\": {\"private_key\": \" \"}}",
                "[\"secret-key\"]",
                "{\"private_key\": \"secret-key\\nx\"}",
                "{\"private_key\": \"secret-key\\u0000\"}",
                "{\"private_key\": \"secret-key ü\"}"
            })
    void job_whenTheTokenIsNoDocument_saysSoWithoutShowingIt(String document) {
        assertThatThrownBy(() -> platform(document).job("a", deadline()))
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL))
                .hasMessageContaining("not usable")
                .hasNoCause()
                .message()
                .doesNotContain("secret-key");
    }

    @ParameterizedTest
    @ValueSource(ints = {202, 204, 206})
    void output_whenThePlatformHasNoneYet_mayBeTriedAgain(int status) {
        standIn.put(Output.of("a", 10).failing(new Fault.Status(status, "3"), 1));

        assertThatThrownBy(() -> platform.output("a", budget(10)))
                .isInstanceOfSatisfying(PlatformFailure.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.BAD_GATEWAY);
                    assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(3));
                })
                .hasMessageContaining(Integer.toString(status));
    }

    @Test
    void output_whenItTrickles_endsAtTheDeadline() {
        standIn.put(Output.of("a", 200_000).failing(new Fault.Trickle(1000), 1));

        assertThatThrownBy(() -> {
                    try (Download output = platform.output("a", new Budget(1_000_000, soon()))) {
                        output.readAllBytes();
                    }
                })
                .isInstanceOf(OutOfBudgetException.class);
    }

    @ParameterizedTest
    @CsvSource({"200, GATEWAY_TIMEOUT", "503, BAD_GATEWAY"})
    void job_whenTheDocumentTrickles_endsAtTheDeadline(int status, ErrorCode code) throws IOException {
        var closed = new CountDownLatch(1);
        var slow = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        slow.createContext("/", exchange -> {
            exchange.sendResponseHeaders(status, 0);
            try {
                while (!closed.await(10, TimeUnit.MILLISECONDS)) {
                    exchange.getResponseBody().write(' ');
                    exchange.getResponseBody().flush();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        slow.start();
        try {
            Platform trickling = platform(tokenDocument(slow.getAddress().getPort()));

            assertThatThrownBy(() -> trickling.job("a", soon()))
                    .isInstanceOfSatisfying(
                            PlatformFailure.class, e -> assertThat(e.code()).isEqualTo(code));
        } finally {
            closed.countDown();
            slow.stop(0);
        }
    }

    @Test
    void start_whenTheDataIsRegistered_sendsWhatThePlatformsOwnClientsSend() {
        var noMilliseconds =
                Clock.systemUTC().instant().plus(Duration.ofHours(1)).truncatedTo(ChronoUnit.SECONDS);
        int size = Json.string(Map.of("id", "x", "requests", 0)).length();

        String data = platform.register(
                standIn.uri() + "/stand-in/jobs/x", "x.mp4", "video/mp4", size, noMilliseconds, deadline());

        assertThat(platform.start("one/analytic", data, "größer \"x\"\r\n.mp4", deadline()))
                .isNotEmpty();
        assertFails(() -> platform.start("one/analytic", "another", "x", deadline()), ErrorCode.BAD_GATEWAY);
    }

    @Test
    void start_whenTheAnswerIsLost_saysThatItMayRun() {
        int size = Json.string(Map.of("id", "x", "requests", 0)).length();
        String data = platform.register(
                standIn.uri() + "/stand-in/jobs/x", "x.mp4", "video/mp4", size, deadline(), deadline());
        standIn.loseAnswers(1);

        assertThatThrownBy(() -> platform.start("one/analytic", data, "x", deadline()))
                .isInstanceOf(AnswerLostException.class);
        assertThat(standIn.jobsStarted()).isOne();

        standIn.close();
        assertThatThrownBy(() -> platform.start("one/analytic", data, "x", deadline()))
                .isInstanceOf(PlatformFailure.class);
    }

    @Test
    void start_whenTheServerKeepsItsConnections_usesANewOneAllTheSame() throws IOException {
        var kept = new ArrayDeque<Socket>();
        try (var server = new ServerSocket(0, 3, InetAddress.getLoopbackAddress())) {
            Thread.startVirtualThread(() -> {
                try {
                    for (String status : List.of("400 Bad Request", "200 OK", "200 OK")) {
                        Socket connection = server.accept();
                        kept.add(connection);
                        connection.getInputStream().read(new byte[4096]);
                        connection
                                .getOutputStream()
                                .write(("HTTP/1.1 " + status
                                                + "\r\nContent-Length: 20\r\n\r\n{\"job\":{\"id\":\"one\"}}")
                                        .getBytes(StandardCharsets.UTF_8));
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            Platform keeping = platform(tokenDocument(server.getLocalPort()));

            assertFails(() -> keeping.start("one/analytic", "data", "x", deadline()), ErrorCode.BAD_GATEWAY);
            assertThat(keeping.start("one/analytic", "data", "x", deadline())).isEqualTo("one");
            assertThat(keeping.start("one/analytic", "data", "x", deadline())).isEqualTo("one");
        } finally {
            for (Socket connection : kept) {
                connection.close();
            }
        }
    }

    /** "hello" and its digests, and those of something else. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Content-MD5: XUFAKrxLKna5cZ2REBfFkg== | ",
                "Content-MD5: AAAAAAAAAAAAAAAAAAAAAA== | MD5",
                "x-goog-hash: crc32c=mnG7TA==,md5=XUFAKrxLKna5cZ2REBfFkg== | ",
                "x-goog-hash: md5=AAAAAAAAAAAAAAAAAAAAAA== | MD5",
                "x-goog-hash: md5=AAAAAAAAAAAAAAAAAAAAAA==; x-goog-stored-content-encoding: gzip | ",
                "Digest: SHA-256=LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ= | ",
                "Digest: sha-256=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= | SHA-256",
                "Repr-Digest: sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=: | SHA-256"
            })
    void output_whenADigestIsAnnounced_isHeldAgainstIt(String headers, @Nullable String damaged) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            for (String header : headers.split("; ", -1)) {
                exchange.getResponseHeaders().set(header.split(": ", 2)[0], header.split(": ", 2)[1]);
            }
            exchange.sendResponseHeaders(200, 5);
            exchange.getResponseBody().write("hello".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        server.start();
        try {
            verifies(server.getAddress().getPort(), damaged);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void output_whenNothingIsAnnouncedAndItJustEnds_isRefused() throws IOException {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.startVirtualThread(() -> {
                try (var connection = server.accept()) {
                    connection.getInputStream().read(new byte[4096]);
                    connection
                            .getOutputStream()
                            .write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello"
                                    .getBytes(StandardCharsets.UTF_8));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });

            verifies(server.getLocalPort(), "neither the output's length nor a checksum");
        }
    }

    /** Fetches "hello" from a server of another kind. */
    private void verifies(int port, @Nullable String refusal) throws IOException {
        try (Download output = platform(tokenDocument(port)).output("a", budget(10))) {
            assertThat(output.readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo("hello");
            ThrowingCallable verify =
                    () -> output.verify("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
            if (refusal == null) {
                assertThatCode(verify).doesNotThrowAnyException();
            } else {
                assertThatThrownBy(verify).isInstanceOf(PlatformFailure.class).hasMessageContaining(refusal);
            }
        }
    }

    @Test
    void job_whenNobodyListens_mayBeTriedAgain() {
        standIn.close();

        assertThatThrownBy(() -> platform.job("a", deadline())).isInstanceOf(PlatformFailure.class);
    }

    /** Leads to another server than the stand-in. */
    private String tokenDocument(int port) {
        return standIn.tokenDocument().replace(standIn.uri().toString(), "http://127.0.0.1:" + port);
    }

    private static Platform platform(String tokenDocument) {
        return new Platform(
                new Secret(() -> tokenDocument, Clock.systemUTC()),
                new HostGuard(Set.of("127.0.0.1")),
                Clock.systemUTC());
    }

    private static Budget budget(long bytes) {
        return new Budget(bytes, deadline());
    }

    private static Instant soon() {
        return Clock.systemUTC().instant().plusSeconds(2);
    }

    private static Instant deadline() {
        return Clock.systemUTC().instant().plusSeconds(60);
    }

    private static void assertFails(ThrowingCallable call, ErrorCode code) {
        assertThatThrownBy(call).isInstanceOfSatisfying(WakeboxException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
