package dev.wakebox.local.application;

import static dev.wakebox.local.application.RunningApplication.A_WHILE;
import static dev.wakebox.local.application.RunningApplication.ROOT;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/**
 * A reader of the pages: a checkout of its own, made of links to this one, and shells in it. The script {@code wakebox} is the real one; it
 * finds everything built, and its application listens on free ports.
 */
final class DocumentedShell {
    /** What a page writes for what is different here. */
    private static final String API = "127.0.0.1:3000";

    private static final String AWS = "127.0.0.1:4566";
    private static final Pattern ENDLESS = Pattern.compile("(\\./wakebox logs .*-f)(\\s.*)?");

    private final Path checkout;
    private final Path home;
    private final int apiPort = freePort();
    private final int awsPort = freePort();
    private final Map<String, String> environment;

    /** What a command printed, on both streams, and its exit code. */
    record Result(int exitCode, String said) {}

    private DocumentedShell(Path directory) {
        this.checkout = directory.resolve("wakebox");
        this.home = directory.resolve("home");
        this.environment = Map.ofEntries(
                Map.entry("PATH", home.resolve("bin") + ":" + System.getenv("PATH")),
                Map.entry("HOME", System.getenv().getOrDefault("HOME", home.toString())),
                Map.entry("CURL_HOME", home.toString()),
                Map.entry("XDG_CACHE_HOME", home.resolve("cache").toString()),
                Map.entry("JAVA_HOME", System.getProperty("java.home")),
                Map.entry("LC_ALL", "C.UTF-8"),
                Map.entry("WAKEBOX_API_PORT", String.valueOf(apiPort)),
                Map.entry("WAKEBOX_AWS_PORT", String.valueOf(awsPort)),
                // Commands that pages write for an AWS account.
                Map.entry("AWS_ENDPOINT_URL", "http://127.0.0.1:" + awsPort),
                Map.entry("AWS_ACCESS_KEY_ID", "test"),
                Map.entry("AWS_SECRET_ACCESS_KEY", "test"),
                Map.entry("AWS_REGION", "us-east-1"),
                Map.entry("AWS_DEFAULT_REGION", "us-east-1"),
                Map.entry("AWS_CONFIG_FILE", "/dev/null"),
                Map.entry("AWS_PAGER", ""));
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static DocumentedShell in(Path directory) throws IOException, InterruptedException {
        var shell = new DocumentedShell(directory);
        shell.makeHome();
        shell.makeCheckout();
        return shell;
    }

    private void makeHome() throws IOException {
        Path bin = Files.createDirectories(home.resolve("bin"));
        Path aws = Files.writeString(
                bin.resolve("aws"),
                "#!/bin/sh\nexec '" + System.getProperty("wakebox.python") + "' -I -m awscli \"$@\"\n");
        aws.toFile().setExecutable(true);
        // An answer such as 404 is a failure of the command.
        Files.writeString(home.resolve(".curlrc"), "silent\nshow-error\nfail-with-body\n");
        Files.writeString(home.resolve("answers"), "yes\n");
    }

    /** Only links to directories: {@code find}, with which the script searches newer sources, doesn't follow them. */
    private void makeCheckout() throws IOException, InterruptedException {
        Files.createDirectories(checkout);
        try (var entries = Files.newDirectoryStream(ROOT)) {
            for (Path entry : entries) {
                if (!List.of(".git", ".wakebox", "wakebox", "mvnw", "cli", "shared", "target")
                        .contains(entry.getFileName().toString())) {
                    link(entry.getFileName().toString());
                }
            }
        }
        Files.copy(
                ROOT.resolve("wakebox"), checkout.resolve("wakebox"), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        Path maven = Files.writeString(
                checkout.resolve("mvnw"), "#!/bin/sh\necho 'This checkout is built with the other one.' >&2\nexit 1\n");
        maven.toFile().setExecutable(true);
        Files.createDirectories(checkout.resolve("cli/src"));
        for (String path : List.of("cli/pom.xml", "cli/target", "cli/src/main", "cli/src/dist")) {
            link(path);
        }
        Files.createDirectories(checkout.resolve("shared/none/src/main"));
        Files.createDirectories(checkout.resolve(".wakebox"));
        link(".wakebox/venv");
        var stamp = new Session(Map.of())
                .run("sed -n '/^built_files() {/,/^}/p' wakebox >built.sh && . ./built.sh && rm built.sh"
                        + " && built_files >.wakebox/built");
        if (stamp.exitCode() != 0) {
            throw new AssertionError(stamp.said());
        }
    }

    private void link(String path) throws IOException {
        if (Files.exists(ROOT.resolve(path))) {
            Files.createSymbolicLink(checkout.resolve(path), ROOT.resolve(path));
        }
    }

    boolean isRunning() {
        return Files.exists(checkout.resolve(".wakebox/run/ready.json"));
    }

    /** A shell that has what earlier commands of a page have set. */
    Session open() throws IOException {
        return new Session(environment);
    }

    /** One shell with the commands of one page. */
    final class Session implements AutoCloseable {
        private final Process bash;
        private final Path files;
        private int number;

        private Session(Map<String, String> variables) throws IOException {
            files = Files.createTempDirectory(home, "session");
            var builder = new ProcessBuilder("bash", "--noprofile", "--norc", "-s")
                    .directory(checkout.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(files.resolve("bash").toFile());
            builder.environment()
                    .keySet()
                    .removeIf(
                            name -> name.startsWith("AWS_") || name.startsWith("WAKEBOX_") || name.startsWith("JAVA_"));
            builder.environment().putAll(variables);
            bash = builder.start();
        }

        /** Runs a command to its end; one that would follow a log forever is interrupted after a moment. */
        Result run(String command) throws IOException {
            number++;
            Path script = files.resolve(number + ".sh");
            Path output = files.resolve(number + ".txt");
            Path code = files.resolve(number + ".code");
            var endless = ENDLESS.matcher(command);
            Files.writeString(script, here(endless.matches() ? "timeout -s INT 3 " + command : command) + "\n");
            bash.getOutputStream().write("""
                    . '%s' <'%s' >'%s' 2>&1
                    echo $? >'%s.new'; mv '%s.new' '%s'
                    """.formatted(script, home.resolve("answers"), output, code, code, code)
                    .getBytes(UTF_8));
            bash.getOutputStream().flush();
            Instant deadline = Instant.now().plus(A_WHILE);
            while (!Files.exists(code) && bash.isAlive() && Instant.now().isBefore(deadline)) {
                LockSupport.parkNanos(20_000_000);
            }
            String said =
                    there(Files.exists(output) ? Files.readString(output) : Files.readString(files.resolve("bash")));
            if (!Files.exists(code)) {
                return new Result(-1, said + (bash.isAlive() ? "\n(it has not ended)" : "\n(the shell has ended)"));
            }
            int exitCode = Integer.parseInt(Files.readString(code).strip());
            return new Result(endless.matches() && exitCode == 124 ? 0 : exitCode, said);
        }

        @Override
        public void close() throws IOException {
            bash.descendants().forEach(ProcessHandle::destroy);
            bash.destroy();
            try {
                bash.waitFor(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private String here(String command) {
        return command.replace(API, "127.0.0.1:" + apiPort)
                .replace(AWS, "127.0.0.1:" + awsPort)
                .replace("eu-west-1", "us-east-1");
    }

    private String there(String said) {
        return said.replace("127.0.0.1:" + apiPort, API).replace("127.0.0.1:" + awsPort, AWS);
    }
}
