package dev.wakebox.local.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.S3ObjectStreams;
import dev.wakebox.storage.StreamTarget;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Streams into S3 whose connections break, also in each retry of the SDK. */
class BrokenS3Test {
    private static final String KEY = "labels/1.json";
    private static final byte[] BYTES = new byte[20_000_000];

    @TempDir
    static Path directory;

    static RunningApplication app;
    private static CuttingProxy proxy;
    static S3ObjectStreams streams;

    @BeforeAll
    static void start() throws IOException {
        new Random(1).nextBytes(BYTES);
        app = RunningApplication.start(directory, Map.of());
        proxy = new CuttingProxy(app.aws());
        streams = new S3ObjectStreams(
                S3Client.builder()
                        .endpointOverride(proxy.uri())
                        .forcePathStyle(true)
                        .region(Region.US_EAST_1)
                        .credentialsProvider(
                                StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                        .build(),
                app.bucket);
    }

    @AfterAll
    static void stop() {
        proxy.close();
        app.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"POST uploads", "PUT partNumber=1&", "PUT partNumber=2&", "PUT partNumber=3&", "POST uploadId="})
    void copy_whenARequestIsCut_leavesNothingAndTheNextAttemptSucceeds(String request) throws IOException {
        app.delete(KEY);
        proxy.cut(request);

        assertThatThrownBy(this::copy).isInstanceOfSatisfying(WakeboxException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.UNAVAILABLE));

        assertThat(proxy.cuts()).isPositive();
        assertThat(app.object(KEY)).isEmpty();
        assertThat(openUploads()).isZero();
        proxy.cut("");
        copy();
        assertThat(stored()).isEqualTo(BYTES);
    }

    @Test
    void copy_whenOnlyTheAnswerToTheCompletionIsCut_leavesNoUploadAndTheNextAttemptSucceeds() throws IOException {
        app.delete(KEY);
        proxy.cut("answer POST uploadId=");

        assertThatThrownBy(this::copy).isInstanceOf(WakeboxException.class);

        assertThat(proxy.cuts()).isPositive();
        assertThat(stored()).isEqualTo(BYTES);
        assertThat(openUploads()).isZero();
        proxy.cut("");
        copy();
        assertThat(stored()).isEqualTo(BYTES);
        assertThat(openUploads()).isZero();
    }

    private void copy() throws IOException {
        streams.copy(
                new ByteArrayInputStream(BYTES), new StreamTarget(KEY, "application/json", Map.of()), copied -> {});
    }

    private static byte[] stored() {
        return app.s3
                .getObjectAsBytes(request -> request.bucket(app.bucket).key(KEY))
                .asByteArray();
    }

    private static int openUploads() {
        return app.s3
                .listMultipartUploads(request -> request.bucket(app.bucket))
                .uploads()
                .size();
    }

    /** Forwards requests, and breaks the connections that a test chooses. */
    private static final class CuttingProxy implements AutoCloseable {
        private static final Set<String> OF_THE_CONNECTION =
                Set.of("host", "connection", "content-length", "expect", "transfer-encoding");

        private final HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        private final HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        private final URI target;
        private volatile String what = "";
        private final AtomicInteger cuts = new AtomicInteger();

        CuttingProxy(URI target) throws IOException {
            this.target = target;
            server.setExecutor(threads);
            server.createContext("/", this::handle);
            server.start();
        }

        URI uri() {
            return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        }

        /** Chooses the connections to break: {@code "[answer ]METHOD <part of the query>"}; empty for none. */
        void cut(String newWhat) {
            what = newWhat;
            cuts.set(0);
        }

        int cuts() {
            return cuts.get();
        }

        private boolean isToBeCut(HttpExchange exchange, String prefix) {
            String begin = prefix + exchange.getRequestMethod() + " ";
            String query = String.valueOf(exchange.getRequestURI().getRawQuery());
            boolean cut = what.startsWith(begin) && (query + "&").contains(what.substring(begin.length()));
            if (cut) {
                cuts.incrementAndGet();
            }
            return cut;
        }

        private void handle(HttpExchange exchange) throws IOException {
            try (exchange) {
                if (isToBeCut(exchange, "")) {
                    exchange.getRequestBody().readNBytes(100_000);
                    return;
                }
                var request = HttpRequest.newBuilder(target.resolve(exchange.getRequestURI()))
                        .method(
                                exchange.getRequestMethod(),
                                HttpRequest.BodyPublishers.ofByteArray(
                                        exchange.getRequestBody().readAllBytes()));
                exchange.getRequestHeaders().forEach((name, values) -> {
                    if (!OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
                        values.forEach(value -> request.header(name, value));
                    }
                });
                HttpResponse<byte[]> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
                if (isToBeCut(exchange, "answer ")) {
                    return;
                }
                answer.headers().map().forEach((name, values) -> {
                    if (!OF_THE_CONNECTION.contains(name)) {
                        exchange.getResponseHeaders().put(name, values);
                    }
                });
                exchange.sendResponseHeaders(
                        answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
                exchange.getResponseBody().write(answer.body());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() {
            server.stop(0);
            threads.close();
            http.close();
        }
    }
}
