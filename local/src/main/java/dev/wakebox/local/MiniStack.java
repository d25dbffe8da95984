package dev.wakebox.local;

import static java.util.Objects.requireNonNull;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** MiniStack, the emulator of AWS, as a process on a free port of 127.0.0.1 that keeps nothing when it ends. */
final class MiniStack {
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final String LOG = "ministack";

    /**
     * Starts it with one difference: the second that Step Functions gives a JSONata expression is one of computing. By
     * the clock, as MiniStack counts it, an expression also pays for all others that the same process evaluates
     * meanwhile, and one of many executions would fail on a busy machine.
     */
    private static final String PROGRAM = """
            import runpy
            import time

            from jsonata.jexception import JException
            from jsonata.timebox import Timebox


            def check_runaway(box):
                now = time.thread_time()
                box.began = getattr(box, "began", now)
                if box.timeout is not None and (now - box.began) * 1000 > box.timeout:
                    raise JException("D1012", -1, box.timeout)


            Timebox.check_runaway = check_runaway
            runpy.run_module("ministack", run_name="__main__")
            """;

    private final Path python;
    private final Path directory;
    private final Logs logs;
    private final int port = freePort();
    private @Nullable Process process;

    /** @param python of a virtual environment that has the packages {@code ministack} and {@code aws-sam-translator} */
    MiniStack(Path python, Path directory, Logs logs) {
        if (!Files.isExecutable(python)) {
            throw new LocalException("There is no Python at " + python
                    + ". `./wakebox up` sets up its own under .wakebox/venv; --python names another one that has the"
                    + " packages ministack and aws-sam-translator.");
        }
        this.python = python;
        this.directory = directory;
        this.logs = logs;
    }

    /**
     * Starts the process without waiting until it answers.
     *
     * @param functions where it sends the events of each function, by the function's name
     */
    void start(ChildProcesses processes, Map<String, URI> functions) {
        var builder = new ProcessBuilder(python.toString(), "-c", PROGRAM)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(logs.file(LOG).toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("AWS_") || name.startsWith("PYTHON"));
        environment.put("GATEWAY_PORT", String.valueOf(port));
        environment.put("BIND_HOST", "127.0.0.1");
        environment.put("IOT_MTLS_ENABLED", "0");
        environment.put("SFTP_ENABLED", "0");
        environment.put("TMPDIR", directory.toString());
        environment.put("STATE_DIR", directory.resolve("state").toString());
        environment.put("S3_DATA_DIR", directory.resolve("s3").toString());
        functions.forEach((name, uri) -> environment.put("MINISTACK_LAMBDA_PROXY_" + name, uri.toString()));
        try {
            Files.createDirectories(directory);
            process = processes.start(builder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until it answers. */
    void awaitReady() {
        var health = HttpRequest.newBuilder(endpoint().resolve("/_ministack/health"))
                .timeout(Duration.ofSeconds(5))
                .build();
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        try (var http = HttpClient.newHttpClient()) {
            while (System.nanoTime() < deadline) {
                if (started().waitFor(50, TimeUnit.MILLISECONDS)) {
                    throw new LocalException(whyEnded());
                }
                if (answers(http, health)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new LocalException("MiniStack did not answer within " + START_LIMIT.toSeconds() + " s. Its log is "
                + logs.file(LOG) + ".");
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Completes with the reason when the process ends. */
    CompletableFuture<String> ended() {
        return started().onExit().thenApply(_ -> whyEnded());
    }

    private Process started() {
        return requireNonNull(process, "MiniStack is not started");
    }

    private String whyEnded() {
        return "MiniStack ended with exit code " + started().exitValue() + ". The end of its log " + logs.file(LOG)
                + ":\n" + logs.tail(LOG, 20);
    }

    private static boolean answers(HttpClient http, HttpRequest health) throws InterruptedException {
        try {
            return http.send(health, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** A port of 127.0.0.1 that nobody listens on at this moment. */
    static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
