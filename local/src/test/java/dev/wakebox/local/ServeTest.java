package dev.wakebox.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code serve}, as the script runs it. */
class ServeTest {
    private static final String READY = "READY ";

    @TempDir
    Path root;

    @Test
    void serve_whenTerminated_leavesNothing() throws Exception {
        Serve serve = Serve.start(root);
        Path ready = root.resolve(".wakebox/run/ready.json");
        assertThat(ready).content().isEqualTo(Json.string(serve.facts) + "\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(ready)))
                .as("it has the administrator's token")
                .isEqualTo("rw-------");
        assertThat(serve.progress)
                .hasSizeGreaterThanOrEqualTo(3)
                .allMatch(line -> line.matches(".+ \\(\\d+\\.\\d s\\)"));
        List<ProcessHandle> processes = serve.invoke();

        serve.process.destroy();

        assertThat(serve.process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(processes).noneMatch(ProcessHandle::isAlive);
        assertThat(serve.ports()).noneMatch(ServeTest::isOpen);
        assertThat(ready).doesNotExist();
    }

    @Test
    void serve_whenKilled_leavesNothingEither() throws Exception {
        Serve serve = Serve.start(root);
        List<ProcessHandle> processes = serve.invoke();

        serve.process.destroyForcibly();

        for (ProcessHandle process : processes) {
            process.onExit().get(60, TimeUnit.SECONDS);
        }
        assertThat(serve.ports()).noneMatch(ServeTest::isOpen);
    }

    @Test
    void serve_whenInterruptedAtTheTerminal_endsWithoutAWord() throws Exception {
        Serve serve = Serve.start(root);

        // Ctrl-C goes to the whole process group.
        new ProcessBuilder("kill", "-INT", "--", "-" + serve.process.pid())
                .start()
                .waitFor();

        assertThat(serve.process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(serve.process.errorReader().readAllAsString()).isEmpty();
    }

    @Test
    void serve_whenEmulatorEnds_endsWithItsLog() throws Exception {
        Serve serve = Serve.start(root);
        ProcessHandle emulator = serve.process
                .descendants()
                .filter(each -> each.info().commandLine().orElse("").contains("emulator.py"))
                .findFirst()
                .orElseThrow();

        emulator.destroyForcibly();

        assertThat(serve.process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(serve.process.exitValue()).isEqualTo(1);
        assertThat(serve.process.errorReader().readAllAsString())
                .startsWith("MiniStack ended with exit code 137. The end of its log ")
                .contains("Ready");
    }

    @Test
    void serve_whenPortIsTaken_saysSoInOneSentence() throws Exception {
        ToyRepository.in(root);
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Process process = Serve.command(root, "--api-port", String.valueOf(taken.getLocalPort()))
                    .start();

            assertThat(process.errorReader().readAllAsString())
                    .isEqualTo("Port " + taken.getLocalPort() + " of 127.0.0.1 is taken by another program. Stop that"
                            + " program, or choose another port with --api-port or WAKEBOX_API_PORT.\n");
            assertThat(process.waitFor()).isEqualTo(2);
        }
    }

    @Test
    void serve_whenCommandLineIsWrong_showsTheUsage() throws Exception {
        for (var arguments : List.of(
                List.of("--api-port", "many"), List.of("--port", "1"), List.of("--api-port"), List.of("--set", "x"))) {
            Process process =
                    Serve.command(root, arguments.toArray(String[]::new)).start();

            assertThat(process.errorReader().readAllAsString()).contains("--").doesNotContain("Exception", "\tat ");
            assertThat(process.waitFor()).isEqualTo(2);
        }
    }

    private record Serve(Process process, List<String> progress, Map<String, @Nullable Object> facts) {
        static Serve start(Path root) throws IOException {
            ToyRepository.in(root);
            Process process =
                    command(root, "--api-port", "0", "--aws-port", "0").start();
            var progress = new ArrayList<String>();
            BufferedReader out = process.inputReader();
            String line = out.readLine();
            while (line != null && !line.startsWith(READY)) {
                progress.add(line);
                line = out.readLine();
            }
            if (line == null) {
                throw new IllegalStateException(
                        progress + " " + process.errorReader().readAllAsString());
            }
            byte[] facts = line.substring(READY.length()).getBytes(StandardCharsets.UTF_8);
            return new Serve(process, progress, Json.object(facts));
        }

        static ProcessBuilder command(Path root, String... options) {
            var builder = new ProcessBuilder(Stream.concat(
                            Stream.of(
                                    "env",
                                    "--default-signal=INT", // the tests may run in the background, where it is ignored
                                    "setsid", // in a separate process group, as a shell starts it
                                    ProcessHandle.current().info().command().orElseThrow(),
                                    "-XX:TieredStopAtLevel=1",
                                    "-XX:+UseSerialGC",
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    "dev.wakebox.local.Main",
                                    "serve",
                                    "--root",
                                    root.toString(),
                                    "--python",
                                    ToyRepository.python().toAbsolutePath().toString(),
                                    "--set",
                                    "Collector=http://127.0.0.1:9"),
                            Stream.of(options))
                    .toList());
            // Variables that the user may have set for other programs; ours must ignore them.
            for (String name :
                    List.of("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")) {
                builder.environment().put(name, "http://127.0.0.1:9");
            }
            builder.environment().put("PYTHONHOME", "/nonexistent");
            return builder;
        }

        /** Runs a function, so that there is a process of each kind, and returns all processes. */
        List<ProcessHandle> invoke() throws Exception {
            try (var http = HttpClient.newHttpClient()) {
                var response = http.send(
                        HttpRequest.newBuilder(URI.create(facts.get("api") + "/echo"))
                                .build(),
                        BodyHandlers.discarding());
                assertThat(response.statusCode()).isEqualTo(201);
            }
            List<ProcessHandle> processes = process.descendants().toList();
            assertThat(processes).hasSizeGreaterThanOrEqualTo(2);
            return processes;
        }

        List<URI> ports() {
            return Stream.of("api", "aws", "emulator")
                    .map(name -> URI.create(String.valueOf(facts.get(name))))
                    .toList();
        }
    }

    private static boolean isOpen(URI uri) {
        try (var _ = new Socket(uri.getHost(), uri.getPort())) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
