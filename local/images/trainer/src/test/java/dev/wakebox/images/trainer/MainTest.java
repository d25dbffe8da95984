package dev.wakebox.images.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process as on an instance: exit code and console, with an HTTP server that stands in for S3. */
class MainTest {
    private record Ended(int exitCode, String console) {}

    @TempDir
    private Path instance;

    @Test
    void main_withoutUserData_failsNamingTheFile() throws Exception {
        var ended = run("http://127.0.0.1:9");

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.console())
                .isEqualTo("trainer: FAILED: The user data cannot be read; expected the file "
                        + instance.toRealPath().resolve("user-data") + ".\n");
    }

    @Test
    void main_whenTheRequestIsMalformed_failsWithALine() throws Exception {
        assertThat(runOn("not json".getBytes(StandardCharsets.UTF_8))
                        .lines()
                        .toList()
                        .getLast())
                .startsWith("trainer: FAILED: training/training.json cannot be used: The JSON ");
    }

    @Test
    void main_whenTheTaskIsUnknown_refuses() throws Exception {
        assertThat(runOn(Requests.with("task_type", "videoClassification"))).isEqualTo("""
                        trainer: bucket my-bucket
                        trainer: waiting for training/training.json
                        trainer: FAILED: training/training.json cannot be used: "task_type" must be \
                        "textclassification" or "imageclassification".
                        """);
    }

    /** Runs with this training.json, expects exit code 1 and returns the console. */
    private String runOn(byte[] request) throws Exception {
        Files.writeString(instance.resolve("user-data"), "BUCKET=my-bucket\n");
        var s3 = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        s3.createContext("/my-bucket/training/training.json", exchange -> {
            try (exchange) {
                exchange.getResponseHeaders().add("ETag", "\"1\"");
                exchange.sendResponseHeaders(200, request.length);
                exchange.getResponseBody().write(request);
            }
        });
        s3.start();
        try {
            var ended = run("http://127.0.0.1:" + s3.getAddress().getPort());
            assertThat(ended.exitCode()).isEqualTo(1);
            return ended.console();
        } finally {
            s3.stop(0);
        }
    }

    private Ended run(String endpoint) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName())
                .directory(instance.toFile())
                .redirectErrorStream(true);
        builder.environment().put("AWS_ENDPOINT_URL", endpoint);
        Process process = builder.start();
        String console = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), console);
    }
}
