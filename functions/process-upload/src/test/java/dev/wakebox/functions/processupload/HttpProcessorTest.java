package dev.wakebox.functions.processupload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.wakebox.jobs.Change;
import dev.wakebox.runtime.Json;
import dev.wakebox.uploads.Language;
import dev.wakebox.uploads.Origin;
import dev.wakebox.uploads.Owner;
import dev.wakebox.uploads.Stage;
import dev.wakebox.uploads.Upload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpProcessorTest {
    private static final String ADDRESS = "127.0.0.1";
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Upload UPLOAD = upload(new Origin.Announced());

    @ParameterizedTest
    @CsvSource({"200, true", "204, true", "503, false", "404, false"})
    void ready_whenAnswered_goesByTheStatus(int status, boolean healthy) throws IOException {
        try (var api = new StubApi(status)) {
            assertThat(api.processor().ready(ADDRESS)).isEqualTo(healthy);
            assertThat(api.lastPath).isEqualTo("/health");
        }
    }

    @Test
    void submit_whenAccepted_hasSentBucketPathAndId() throws IOException {
        try (var api = new StubApi(202)) {
            assertThat(api.processor().submit(ADDRESS, "bucket", UPLOAD)).isEqualTo(new Processor.Answer.Accepted());

            assertThat(api.lastPath).isEqualTo("/process");
            assertThat(Json.object(api.lastBody))
                    .isEqualTo(Map.of("bucket", "bucket", "path", "videos/a.mp4", "id", "a"));
        }
    }

    @ParameterizedTest
    @CsvSource({"500", "503", "400"})
    void submit_whenTheApiSaysNo_mayBeSentAgain(int status) throws IOException {
        try (var api = new StubApi(status)) {
            assertThat(api.processor().submit(ADDRESS, "bucket", UPLOAD))
                    .isEqualTo(new Processor.Answer.Refused("it answered HTTP " + status));
        }
    }

    @Test
    void submit_whenNothingListens_mayBeSentAgain() throws IOException {
        int port;
        try (var api = new StubApi(200)) {
            port = api.port();
        }
        var processor = processor(port);

        assertThat(processor.ready(ADDRESS)).isFalse();
        assertThat(processor.submit(ADDRESS, "bucket", UPLOAD)).isInstanceOf(Processor.Answer.Refused.class);
    }

    @Test
    void submit_whenTheConnectionBreaksAfterTheRequest_isUnknownAndSentOnce() throws Exception {
        var connections = new AtomicInteger();
        try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                while (true) {
                    try (Socket socket = server.accept()) {
                        connections.incrementAndGet();
                        int read = socket.getInputStream().read(new byte[8192]);
                        assertThat(read).isPositive();
                    } catch (IOException e) {
                        return;
                    }
                }
            });
            var processor = processor(server.getLocalPort());

            assertThat(processor.submit(ADDRESS, "bucket", UPLOAD)).isInstanceOf(Processor.Answer.Unknown.class);
            assertThat(connections).hasValue(1);
        }
    }

    @Test
    void submit_whenTheApiKeepsConnections_usesANewOneAllTheSame() throws IOException {
        try (var api = new StubApi(200)) {
            HttpProcessor processor = api.processor();

            processor.ready(ADDRESS);
            processor.submit(ADDRESS, "bucket", UPLOAD);
            processor.submit(ADDRESS, "bucket", UPLOAD);

            assertThat(api.clientPorts).hasSize(3);
        }
    }

    @Test
    void create_whenTheTemplateIsNoUrl_saysWhatIsWrong() {
        assertThatThrownBy(() -> settings("{address}:8080/process", "", "/health", List.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("PROCESSOR_URL");
    }

    @Test
    void submit_whenTheApiAnswersAfterItsWork_isSentWholeOnceAndNotWaitedFor() throws Exception {
        var received = new LinkedBlockingQueue<String>();
        var connections = new AtomicInteger();
        try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                while (true) {
                    try (Socket socket = server.accept()) {
                        connections.incrementAndGet();
                        // Reads to the end: the client disconnects at its timeout.
                        received.add(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
                    } catch (IOException e) {
                        return;
                    }
                }
            });

            assertThat(processor(server.getLocalPort()).submit(ADDRESS, "bucket", UPLOAD))
                    .isEqualTo(new Processor.Answer.Accepted());

            String request = received.poll(10, TimeUnit.SECONDS);
            assertThat(request).startsWith("POST /process HTTP/1.1");
            String body = request.substring(request.indexOf("\r\n\r\n") + 4);
            assertThat(request).containsIgnoringCase("content-length: " + body.length());
            assertThat(Json.object(body.getBytes(StandardCharsets.UTF_8))).containsEntry("id", "a");
            assertThat(connections).hasValue(1);
        }
    }

    @Test
    void submit_whenTheAnswerIsNoHttp_isUnknown() throws Exception {
        try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (Socket socket = server.accept()) {
                    assertThat(socket.getInputStream().read(new byte[8192])).isPositive();
                    socket.getOutputStream().write("SSH-2.0-OpenSSH_9.6\r\n".getBytes(StandardCharsets.UTF_8));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });

            assertThat(processor(server.getLocalPort()).submit(ADDRESS, "bucket", UPLOAD))
                    .isInstanceOf(Processor.Answer.Unknown.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"true, /default", "false, /own"})
    void submit_whenThePageChoseAMatrix_goesToItsUrl(boolean defaultMatrix, String path) throws IOException {
        try (var api = new StubApi(200)) {
            String url = "http://{address}:" + api.port();
            var processor = new HttpProcessor(settings(url + "/own", url + "/default", "/health", List.of()));

            processor.submit(ADDRESS, "bucket", upload(new Origin.Page(defaultMatrix)));

            assertThat(api.lastPath).isEqualTo(path);
        }
    }

    @Test
    void ready_whenThereArePorts_waitsUntilAllListen() throws IOException {
        try (var first = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            int secondPort;
            try (var second = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
                secondPort = second.getLocalPort();
                assertThat(listening(first.getLocalPort(), secondPort).ready(ADDRESS))
                        .isTrue();
            }
            assertThat(listening(first.getLocalPort(), secondPort).ready(ADDRESS))
                    .isFalse();
        }
    }

    @Test
    void ready_whenTheUrlNamesAnotherHost_looksAtItsPorts() throws IOException {
        try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String url = "http://127.0.0.1:" + server.getLocalPort() + "/process";

            assertThat(new HttpProcessor(settings(url, "", "", List.of(server.getLocalPort()))).ready("192.0.2.1"))
                    .isTrue();
        }
    }

    @Test
    void ready_whenAProxyWithoutItsProgramClosesConnections_isFalse() throws IOException {
        try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                while (true) {
                    try {
                        server.accept().close();
                    } catch (IOException e) {
                        return;
                    }
                }
            });

            assertThat(listening(server.getLocalPort()).ready(ADDRESS)).isFalse();
        }
    }

    @Test
    void create_whenNoReadinessCheckIsSet_saysWhatToSet() {
        assertThatThrownBy(() -> settings("http://{address}:8080/process", "", "", List.of()))
                .hasMessageContaining("PROCESSOR_READY_PORTS");
    }

    private static Upload upload(Origin origin) {
        Instant now = Instant.parse("2026-11-22T12:00:00Z");
        return new Upload(
                "a",
                origin,
                new Owner("ana@example.org", "Ana", Language.EN),
                "a.mp4",
                "mp4",
                Stage.PROCESSING,
                0,
                Optional.empty(),
                List.of(new Change("PROCESSING", now, "The file is being processed.")),
                now);
    }

    private static HttpProcessor processor(int port) {
        return new HttpProcessor(settings("http://{address}:" + port + "/process", "", "/health", List.of()));
    }

    private static HttpProcessor listening(Integer... ports) {
        return new HttpProcessor(settings("http://{address}:" + ports[0] + "/process", "", "", List.of(ports)));
    }

    private static HttpProcessor.Settings settings(
            String url, String defaultMatrixUrl, String healthPath, List<Integer> ports) {
        return new HttpProcessor.Settings(url, defaultMatrixUrl, healthPath, ports, PATIENCE);
    }

    private static final class StubApi implements AutoCloseable {
        private final HttpServer server;
        private final Set<Integer> clientPorts = ConcurrentHashMap.newKeySet();
        private volatile String lastPath = "";
        private volatile byte[] lastBody = new byte[0];

        StubApi(int status) throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> {
                clientPorts.add(exchange.getRemoteAddress().getPort());
                lastPath = exchange.getRequestURI().getPath();
                lastBody = exchange.getRequestBody().readAllBytes();
                exchange.sendResponseHeaders(status, -1);
                exchange.close();
            });
            server.start();
        }

        int port() {
            return server.getAddress().getPort();
        }

        HttpProcessor processor() {
            return HttpProcessorTest.processor(port());
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
