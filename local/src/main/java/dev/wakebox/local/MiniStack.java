package dev.wakebox.local;

import static java.util.Objects.requireNonNull;

import dev.wakebox.local.computer.LoopbackHttp;
import dev.wakebox.local.host.ChildProcesses;
import dev.wakebox.local.host.LocalException;
import dev.wakebox.local.host.Logs;
import dev.wakebox.local.host.PathEncoding;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs MiniStack, the emulator of AWS, as a process on a free port of 127.0.0.1. It keeps no data after its end. */
public final class MiniStack {
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final String LOG = "ministack";

    /** Start it with a few differences, which they name. */
    private static final List<String> PROGRAM = List.of("emulator.py", "roles.py", "schedules.py", "arrays.py");

    /** Names a directory in which each emulator leaves a record of the decisions about roles. */
    private static final String PERMISSIONS = "wakebox.permissions";

    private static final int FIRST_PORT = 10_000;
    private static final int END_OF_PORTS = 32_000;

    private final Path python;
    private final Path directory;
    private final Logs logs;
    private final int port = freePort();
    private @Nullable Process process;

    /** @param python of a virtual environment with the packages {@code ministack} and {@code aws-sam-translator} */
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
     * Starts the process without waiting for its readiness.
     *
     * @param functions the URL for the events of each function, by the function's name
     * @param gateway the endpoint of AWS, which also answers EC2
     */
    void start(ChildProcesses processes, Map<String, URI> functions, URI gateway) {
        var builder = new ProcessBuilder(python.toString(), PROGRAM.getFirst())
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(logs.file(LOG).toFile());
        Map<String, String> environment = builder.environment();
        environment.clear(); // the user's proxy, AWS profile and Python settings don't apply to the emulator
        environment.put("PATH", "/usr/local/bin:/usr/bin:/bin");
        environment.put("HOME", directory.toString());
        environment.put("LANG", PathEncoding.locale());
        environment.put("GATEWAY_PORT", String.valueOf(port));
        environment.put("BIND_HOST", "127.0.0.1");
        environment.put("AUTH", "true");
        environment.put("IOT_MTLS_ENABLED", "0");
        environment.put("SFTP_ENABLED", "0");
        environment.put("TMPDIR", directory.toString());
        environment.put("STATE_DIR", directory.resolve("state").toString());
        environment.put("S3_DATA_DIR", directory.resolve("s3").toString());
        environment.put("WAKEBOX_GATEWAY", gateway.toString());
        functions.forEach((name, uri) -> environment.put("MINISTACK_LAMBDA_PROXY_" + name, uri.toString()));
        try {
            Files.createDirectories(directory);
            for (String name : PROGRAM) {
                write(name);
            }
            String permissions = System.getProperty(PERMISSIONS);
            if (permissions != null) {
                var file = Files.createDirectories(Path.of(permissions))
                        .resolve("decisions-" + ProcessHandle.current().pid() + "-" + port + ".jsonl");
                environment.put("WAKEBOX_PERMISSIONS", file.toAbsolutePath().toString());
            }
            process = processes.start(builder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String name) throws IOException {
        try (InputStream in = requireNonNull(MiniStack.class.getResourceAsStream(name), name)) {
            Files.copy(in, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Waits until MiniStack answers. */
    void awaitReady() {
        var health = HttpRequest.newBuilder(endpoint().resolve("/_ministack/health"))
                .timeout(Duration.ofSeconds(5))
                .build();
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        try (var http = LoopbackHttp.plain().build()) {
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

    /**
     * A free port of 127.0.0.1 below those that operating systems give to outgoing connections (from 32768 on Linux, 49152
     * elsewhere): such a connection could take the port before the program listens on it.
     */
    static int freePort() {
        for (int attempt = 0; attempt < 100; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, END_OF_PORTS);
            try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException e) {
                // another program has it
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        throw new LocalException(
                "No free port was found on 127.0.0.1 between " + FIRST_PORT + " and " + END_OF_PORTS + ".");
    }
}
