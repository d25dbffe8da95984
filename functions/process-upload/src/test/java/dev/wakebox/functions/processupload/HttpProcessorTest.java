package dev.wakebox.functions.processupload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpProcessorTest {
    private static final String ADDRESS = "127.0.0.1";

    @ParameterizedTest
    @CsvSource({"200, true", "204, true", "503, false", "404, false"})
    void healthy_whenAnswered_goesByTheStatus(int status, boolean healthy) throws IOException {
        try (var api = new StubApi(status)) {
            assertThat(api.processor().healthy(ADDRESS)).isEqualTo(healthy);
            assertThat(api.lastPath).isEqualTo("/health");
        }
    }

    @Test
    void submit_whenAccepted_hasSentBucketPathAndId() throws IOException {
        try (var api = new StubApi(202)) {
            assertThat(api.processor().submit(ADDRESS, "bucket", "videos/a.mp4", "a"))
                    .isEqualTo(new Processor.Answer.Accepted());

            assertThat(api.lastPath).isEqualTo("/process");
            assertThat(Json.object(api.lastBody))
                    .isEqualTo(Map.of("bucket", "bucket", "path", "videos/a.mp4", "id", "a"));
        }
    }

    @ParameterizedTest
    @CsvSource({"500", "503", "400"})
    void submit_whenTheApiSaysNo_mayBeSentAgain(int status) throws IOException {
        try (var api = new StubApi(status)) {
            assertThat(api.processor().submit(ADDRESS, "bucket", "videos/a.mp4", "a"))
                    .isEqualTo(new Processor.Answer.Refused("it answered HTTP " + status));
        }
    }

    @Test
    void submit_whenNobodyListens_mayBeSentAgain() throws IOException {
        int port;
        try (var api = new StubApi(200)) {
            port = api.port();
        }
        var processor = new HttpProcessor("http://{address}:" + port + "/process", "/health");

        assertThat(processor.healthy(ADDRESS)).isFalse();
        assertThat(processor.submit(ADDRESS, "bucket", "videos/a.mp4", "a"))
                .isInstanceOf(Processor.Answer.Refused.class);
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
            var processor = new HttpProcessor("http://{address}:" + server.getLocalPort() + "/process", "/health");

            assertThat(processor.submit(ADDRESS, "bucket", "videos/a.mp4", "a"))
                    .isInstanceOf(Processor.Answer.Unknown.class);
            assertThat(connections).hasValue(1);
        }
    }

    @Test
    void submit_whenTheApiKeepsConnections_usesANewOneAllTheSame() throws IOException {
        try (var api = new StubApi(200)) {
            HttpProcessor processor = api.processor();

            processor.healthy(ADDRESS);
            processor.submit(ADDRESS, "bucket", "videos/a.mp4", "a");
            processor.submit(ADDRESS, "bucket", "videos/b.mp4", "b");

            assertThat(api.clientPorts).hasSize(3);
        }
    }

    @Test
    void create_whenTheTemplateIsNoUrl_saysWhatIsWrong() {
        assertThatThrownBy(() -> new HttpProcessor("{address}:8080/process", "/health"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("PROCESSOR_URL");
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
            return new HttpProcessor("http://{address}:" + port() + "/process", "/health");
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
