package dev.wakebox.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.wakebox.local.platform.DeliveryFault;
import dev.wakebox.local.platform.Output;
import dev.wakebox.local.platform.PlatformStandIn;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.secrets.Secret;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
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
        standIn.put(Output.of("a", 10).failing(new DeliveryFault.Status(status, "3"), 1));

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
        standIn.put(Output.of("a", 10).failing(new DeliveryFault.Status(status, ""), 1));

        assertFails(() -> platform.output("a", budget(10)), code);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 100_000, 199_999})
    void output_whenTheConnectionIsCut_fails(long after) {
        standIn.put(Output.of("a", 200_000).failing(new DeliveryFault.Cut(after), 1));

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
        standIn.put(Output.of("a", 200_000).unannounced().failing(new DeliveryFault.Cut(70_000), 1));

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
        standIn.put(Output.of("a", 10).failing(new DeliveryFault.Redirect(location), 1));

        assertFails(() -> platform.output("a", budget(10)), ErrorCode.BAD_GATEWAY);
    }

    @Test
    void output_whenRedirectedToAnotherOrigin_takesNoTokenThere() {
        try (var other = PlatformStandIn.start(0)) {
            standIn.put(Output.of("a", 10).failing(new DeliveryFault.Redirect(other.uri() + "/v1/jobs/b/output"), 1));
            other.put(Output.of("b", 10));
            var trusting = new Platform(
                    new Secret(standIn::tokenDocument, Clock.systemUTC()),
                    new HostGuard(Set.of("127.0.0.1", other.uri().getAuthority())),
                    Clock.systemUTC());

            assertThatThrownBy(() -> trusting.output("a", budget(10)))
                    .isInstanceOf(PlatformFailure.class)
                    .hasMessageContaining("401");
            assertThat(other.requests("b")).isZero();
        }
    }

    @Test
    void output_whenRedirectedToAnotherPortOfTheTrustedHost_isRefused() {
        try (var other = PlatformStandIn.start(0)) {
            standIn.put(Output.of("a", 10).failing(new DeliveryFault.Redirect(other.uri() + "/v1/jobs/b/output"), 1));

            assertThatThrownBy(() -> platform.output("a", budget(10)))
                    .isInstanceOfSatisfying(
                            WakeboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_GATEWAY))
                    .hasMessageContaining("trusted hosts");
        }
    }

    @Test
    void output_whenRedirectedWithinTheOrigin_follows() throws IOException {
        standIn.put(Output.of("a", 10).failing(new DeliveryFault.Redirect("/v1/jobs/b/output"), 1));
        standIn.put(Output.of("b", 10));

        try (Download output = platform.output("a", budget(10))) {
            assertThat(output.readAllBytes()).isEqualTo(standIn.bytes("b"));
        }
    }

    @Test
    void output_whenRedirectedInACircle_isRefused() {
        standIn.put(Output.of("a", 10).failing(new DeliveryFault.Redirect("/v1/jobs/a/output"), 100));

        assertThatThrownBy(() -> platform.output("a", budget(10)))
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_GATEWAY))
                .hasMessage("The platform redirects in a circle.");
        assertThat(standIn.requests("a")).isEqualTo(6);
    }

    @Test
    void output_whenRedirectedOften_followsFiveTimesAndSaysWhereItStops() throws IOException {
        standIn.put(Output.of("a", 10).failing(new DeliveryFault.Chain(5), 100));
        try (Download output = platform.output("a", budget(10))) {
            assertThat(output.readAllBytes()).isEqualTo(standIn.bytes("a"));
        }

        standIn.put(Output.of("a", 10).failing(new DeliveryFault.Chain(6), 100));
        assertThatThrownBy(() -> platform.output("a", budget(10)))
                .isInstanceOf(WakeboxException.class)
                .hasMessageContaining("more than 5 times");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/jobs/the b/output",
                "../the b/output?",
                "../../jobs/the%20b/output",
                "/../../v1/jobs/the b/output",
                ".././x/../the b/./output#end",
                "/v1/jobs/the b/output?name=a b&x={1}|\"é\"&bad=%zz"
            })
    void output_whenTheLocationIsRelativeOrNoWholeUri_isFound(String location) throws IOException {
        standIn.put(Output.of("a", 10).failing(new DeliveryFault.Redirect(location), 1));
        standIn.put(Output.of("the b", 10));

        try (Download output = platform.output("a", budget(10))) {
            assertThat(output.readAllBytes()).isEqualTo(standIn.bytes("the b"));
        }
    }

    // ---------------------------------------------------------------- answers that are outputs, and others

    @ParameterizedTest
    @ValueSource(
            strings = {"gzip", "x-gzip", "GZip", "gzip, gzip", "X-GZIP,gzip", "gzip,, identity", " identity ,gzip"})
    void output_whenCompressedOnTheWay_comesAsItWasBefore(String encoding) throws IOException {
        standIn.put(Output.of("a", 200_000).failing(new DeliveryFault.Encoded(encoding), 1));

        try (Download output = platform.output("a", budget(200_000))) {
            byte[] bytes = output.readAllBytes();
            output.verify(sha256(bytes));
            assertThat(bytes).isEqualTo(standIn.bytes("a"));
            assertThat(output.contentEncoding()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "deflate", "zstd", "br, zstd", "BR", "utf-8"})
    void output_whenEncodedInAnotherWay_keepsItAndSaysSo(String encoding) throws IOException {
        standIn.put(Output.of("a", 100).failing(new DeliveryFault.Encoded(encoding), 1));

        try (Download output = platform.output("a", budget(100))) {
            byte[] bytes = output.readAllBytes();
            output.verify(sha256(bytes));
            assertThat(bytes).isEqualTo(standIn.bytes("a"));
            assertThat(output.contentEncoding()).contains(encoding.toLowerCase(Locale.ROOT));
        }
    }

    @ParameterizedTest
    @CsvSource({"'gzip, br', 'gzip, br'", "'br, gzip', br", "'gzip, gzip, gzip', gzip"})
    void output_whenCompressedAndEncodedInAnotherWay_undoesWhatItCanAndSaysTheRest(String encoding, String left)
            throws IOException {
        standIn.put(Output.of("a", 100).failing(new DeliveryFault.Encoded(encoding), 1));

        try (Download output = platform.output("a", budget(1000))) {
            byte[] bytes = output.readAllBytes();
            output.verify(sha256(bytes));
            var plain = left.contains("gzip") ? new GZIPInputStream(new ByteArrayInputStream(bytes)) : null;
            assertThat(plain == null ? bytes : plain.readAllBytes()).isEqualTo(standIn.bytes("a"));
            assertThat(output.contentEncoding()).contains(left);
        }
    }

    @Test
    void output_whenItGrowsBeyondTheBudget_endsThere() {
        standIn.put(Output.of("a", 10).failing(new DeliveryFault.Bomb(1L << 40), 1));

        assertThatThrownBy(() -> {
                    try (Download output = platform.output("a", budget(1_000_000))) {
                        output.transferTo(OutputStream.nullOutputStream());
                    }
                })
                .isInstanceOf(OutOfBudgetException.class)
                .hasMessageContaining("more than 1000000 bytes");
    }

    static Stream<DeliveryFault> noOutputs() {
        return Stream.of(
                new DeliveryFault.Empty(""),
                new DeliveryFault.Empty(" "),
                new DeliveryFault.Empty("\r\n\t\n"),
                new DeliveryFault.Empty("\uFEFF"),
                new DeliveryFault.Bomb(0),
                new DeliveryFault.Page("text/html"),
                new DeliveryFault.Page("Text/HTML; charset=utf-8"),
                new DeliveryFault.Page("application/xhtml+xml"),
                new DeliveryFault.Page("application/json"),
                new DeliveryFault.Page("application/octet-stream"),
                new DeliveryFault.Page("application/json", "gzip"),
                new DeliveryFault.Page("application/json", "gzip, gzip"),
                new DeliveryFault.Page("application/json", "X-Gzip"),
                new DeliveryFault.Page("text/html", "br"),
                new DeliveryFault.Page("text/html; charset=\u00fc", "br"),
                new DeliveryFault.Encoded("gz\u00efp"),
                new DeliveryFault.Encoded("br;q=1"),
                new DeliveryFault.Encoded("\"br\""),
                new DeliveryFault.Encoded("br,".repeat(20)),
                new DeliveryFault.Encoded("b".repeat(10_000)),
                new DeliveryFault.TwoLengths());
    }

    @ParameterizedTest
    @MethodSource("noOutputs")
    void output_whenItIsNone_mayBeTriedAgain(DeliveryFault fault) {
        standIn.put(Output.of("a", 10).failing(fault, 1));

        assertThatThrownBy(() -> {
                    try (Download output = platform.output("a", budget(10_000))) {
                        byte[] bytes = output.readAllBytes();
                        output.verify(sha256(bytes));
                    }
                })
                .isInstanceOfSatisfying(
                        PlatformFailure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_GATEWAY))
                .message()
                .containsAnyOf("is empty", "web page", "no clear Content-Length", "no clear Content-Encoding");
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
        standIn.put(Output.of("a", 10).failing(new DeliveryFault.Status(status, "3"), 1));

        assertThatThrownBy(() -> platform.output("a", budget(10)))
                .isInstanceOfSatisfying(PlatformFailure.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.BAD_GATEWAY);
                    assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(3));
                })
                .hasMessageContaining(Integer.toString(status));
    }

    @Test
    void output_whenItTrickles_endsAtTheDeadline() {
        standIn.put(Output.of("a", 200_000).failing(new DeliveryFault.Trickle(1000), 1));

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

    @ParameterizedTest
    @CsvSource({"false, 1", "true, 4"})
    void output_afterJob_usesItsConnectionUnlessTheServerHasClosedIt(boolean closes, int connections) throws Exception {
        var accepted = new AtomicInteger();
        try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.startVirtualThread(() -> {
                try {
                    while (true) {
                        Socket connection = server.accept();
                        accepted.incrementAndGet();
                        Thread.startVirtualThread(() -> answer(connection, closes));
                    }
                } catch (IOException e) {
                    // The test is over.
                }
            });
            Platform keeping = platform(tokenDocument(server.getLocalPort()));

            for (int i = 0; i < 2; i++) {
                assertThat(keeping.job("a", deadline()).text("id")).isEqualTo("one");
                try (Download output = keeping.output("a", new Budget(1_000_000, deadline()))) {
                    assertThat(output.readAllBytes()).hasSize(20);
                }
            }
        }
        assertThat(accepted.get()).isEqualTo(connections);
    }

    /** Answers the requests of a connection, or closes it after the first one without having said so. */
    private static void answer(Socket connection, boolean closes) {
        try (connection) {
            while (connection.getInputStream().read(new byte[4096]) > 0) {
                connection
                        .getOutputStream()
                        .write("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"job\":{\"id\":\"one\"}}"
                                .getBytes(StandardCharsets.UTF_8));
                if (closes) {
                    return;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** "hello", its digests, and the digests of another text. */
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

    /**
     * Servers send checksums of the bytes on the wire; compressing proxies keep the checksums of the uncompressed
     * bytes.
     */
    @ParameterizedTest
    @CsvSource({
        "Content-MD5, MD5, sent, ",
        "Content-MD5, MD5, plain, ",
        "Content-MD5, MD5, other, MD5",
        "Repr-Digest, SHA-256, sent, ",
        "Content-Digest, SHA-256, sent, ",
        "Digest, SHA-256, plain, ",
        "Repr-Digest, SHA-256, other, SHA-256"
    })
    void output_whenADigestOfACompressedOneIsAnnounced_isHeldAgainstEitherForm(
            String header, String algorithm, String of, @Nullable String damaged) throws Exception {
        byte[] sent = gzip("hello");
        byte[] digested = of.equals("sent") ? sent : bytes(of.equals("plain") ? "hello" : "other");
        String digest = Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance(algorithm).digest(digested));
        String value = algorithm.equals("MD5") ? digest : "sha-256=:" + digest + ":";

        serving(Map.of("Content-Encoding", "gzip", header, value), sent, port -> verifies(port, damaged));
    }

    static Stream<byte[]> sentForHello() throws IOException {
        return Stream.of(
                gzip("hello"),
                join(gzip("hel"), gzip("lo")),
                join(gzip("h"), gzip(""), gzip("ello")),
                join(gzip("hello"), new byte[600]),
                join(gzip("hello"), bytes("garbage")),
                bytes("hello")); // a proxy has decompressed it
    }

    @ParameterizedTest
    @MethodSource("sentForHello")
    void output_whenGzipIsAnnounced_isWholeWhateverItIsMadeOf(byte[] sent) throws Exception {
        serving(Map.of("Content-Encoding", "GZIP"), sent, port -> verifies(port, null));
        serving(Map.of("content-encoding", "x-gzip"), sent, port -> verifies(port, null));
        serving(Map.of("Content-Encoding", "gzip,aws-chunked"), sent, port -> verifies(port, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "aws-chunked", "", " , "})
    void output_whenTheEncodingIsNone_isNotAttributedToTheObject(String encoding) throws Exception {
        serving(Map.of("Content-Encoding", encoding), bytes("hello"), port -> {
            try (Download output = platform(tokenDocument(port)).output("a", budget(10))) {
                assertThat(output.contentEncoding()).isEmpty();
            }
            verifies(port, null);
        });
    }

    @Test
    void job_whenTheDocumentIsCompressedOnTheWay_isRead() throws Exception {
        serving(Map.of("Content-Encoding", "gzip"), gzip("{\"job\": {\"id\": \"a\"}}"), port -> assertThat(
                        platform(tokenDocument(port)).job("a", deadline()))
                .containsEntry("id", "a"));
        byte[] bomb = gzip("{\"job\": {\"id\": \"" + "a".repeat(10_000_000) + "\"}}");
        serving(Map.of("Content-Encoding", "gzip"), bomb, port -> assertThatThrownBy(
                        () -> platform(tokenDocument(port)).job("a", deadline()))
                .isInstanceOf(PlatformFailure.class)
                .hasMessageContaining("not a JSON document"));
    }

    @Test
    void output_whenItsGzipIsCutOrDamaged_mayBeTriedAgain() throws Exception {
        byte[] whole = gzip("hello");
        byte[] damaged = whole.clone();
        damaged[whole.length - 6] ^= 1;
        for (byte[] sent : List.of(Arrays.copyOf(whole, whole.length - 1), Arrays.copyOf(whole, 5), damaged)) {
            serving(Map.of("Content-Encoding", "gzip"), sent, port -> assertThatThrownBy(() -> verifies(port, null))
                    .isInstanceOf(PlatformFailure.class)
                    .hasMessageContaining("damaged or incomplete"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Content-Length: 5\\r\\nContent-Length: 7 | no clear Content-Length (5,7)",
                "Content-Length: 7\\r\\nContent-Length: 5 | no clear Content-Length (7,5)",
                "Content-Length: 5, 7 | no clear",
                "Content-Length: five | no clear",
                "Content-Length: -5 | no clear",
                "Content-Length: 5\\r\\nContent-Length: 5 | ",
                "Content-Length: 5, 5 | "
            })
    void output_whenLengthsAreAnnounced_theyMustBeOne(String headers, @Nullable String refusal) throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            answerOnce(server, "HTTP/1.1 200 OK\r\n" + headers.replace("\\r\\n", "\r\n") + "\r\n\r\nhello");

            if (refusal == null) {
                verifies(server.getLocalPort(), null);
            } else {
                assertThatThrownBy(() -> verifies(server.getLocalPort(), null))
                        .isInstanceOf(PlatformFailure.class)
                        .hasMessageContaining(refusal);
            }
        }
    }

    private static void answerOnce(ServerSocket server, String answer) {
        Thread.startVirtualThread(() -> {
            try (var connection = server.accept()) {
                connection.getInputStream().read(new byte[4096]);
                connection.getOutputStream().write(bytes(answer));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private interface AgainstAServer {
        void at(int port) throws IOException;
    }

    /** Runs a test with a server that gives this answer to every request. */
    private static void serving(Map<String, String> headers, byte[] body, AgainstAServer test) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            headers.forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            test.at(server.getAddress().getPort());
        } finally {
            server.stop(0);
        }
    }

    private static byte[] gzip(String text) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(bytes)) {
            out.write(bytes(text));
        }
        return bytes.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        var joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void output_whenNothingIsAnnouncedAndItJustEnds_isRefused() throws IOException {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            answerOnce(server, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello");

            verifies(server.getLocalPort(), "neither the output's length nor a checksum");
        }
    }

    /** Fetches "hello" from a server of another kind. */
    private void verifies(int port, @Nullable String refusal) throws IOException {
        try (Download output = platform(tokenDocument(port)).output("a", budget(1000))) {
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
    void job_whenNothingListens_mayBeTriedAgain() {
        standIn.close();

        assertThatThrownBy(() -> platform.job("a", deadline())).isInstanceOf(PlatformFailure.class);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** Redirects to a server other than the stand-in. */
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
