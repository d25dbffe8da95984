package dev.wakebox.local.ec2;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Starts groups of processes that end together with this process, and that find {@code runuser}, {@code sudo}, {@code
 * shutdown} and {@code aws} of a local instance first on their PATH.
 */
final class Supervisor {
    private static final List<String> SYSTEM_PATH =
            List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

    private final Path bin;
    private final String python;

    /** @param bin directory of the helper programs; existing files are replaced */
    Supervisor(Path bin) throws IOException {
        this.bin = bin;
        Files.createDirectories(bin);
        install("supervise.py", "supervise.py");
        install("bin/runuser", "runuser");
        install("bin/runuser", "su");
        install("bin/sudo", "sudo");
        install("bin/forget-variables", "forget-variables");
        install("bin/aws", "aws");
        for (String name : List.of("shutdown", "poweroff", "halt", "reboot")) {
            install("bin/shutdown", name);
        }
        this.python = python();
    }

    /** PATH on an instance: the helper programs, this Java, then the given path or the system's. */
    String path(String given) {
        return String.join(
                ":",
                Stream.concat(
                                Stream.of(
                                        bin.toString(),
                                        Path.of(System.getProperty("java.home"), "bin")
                                                .toString()),
                                given.isEmpty() ? SYSTEM_PATH.stream() : Stream.of(given))
                        .toList());
    }

    /** @param listener receives the group's requests: {@code shutdown}, {@code reboot} or {@code later} */
    ProcessGroup start(
            List<String> command,
            Path directory,
            Map<String, String> environment,
            Path stdout,
            Path stderr,
            Consumer<String> listener)
            throws IOException {
        var builder = new ProcessBuilder(Stream.concat(
                        Stream.of(
                                python,
                                "-IS",
                                bin.resolve("supervise.py").toString(),
                                stdout.toString(),
                                stderr.toString()),
                        command.stream())
                .toList());
        builder.directory(directory.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        return new ProcessGroup(builder.start(), listener);
    }

    /**
     * Ends the processes that an earlier application left under that directory. It finds them by their environment, if
     * there is a /proc. A process may fork in the meantime, and its environment is empty during exec. So it repeats
     * until two consecutive passes find nothing.
     */
    static void killLeftovers(Path directory) throws IOException {
        Path proc = Path.of("/proc");
        if (!Files.isDirectory(proc)) {
            return;
        }
        String mark = "\0WAKEBOX_INSTANCE_DIR=" + directory + "/";
        for (int clean = 0; clean < 2; ) {
            List<ProcessHandle> found;
            try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
                found = all.filter(process -> environment(proc.resolve(process.pid() + "/environ"))
                                .contains(mark))
                        .toList();
            }
            found.forEach(ProcessHandle::destroyForcibly);
            clean = found.isEmpty() ? clean + 1 : 0;
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }

    private static String environment(Path file) {
        try {
            return "\0" + Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // the process has ended or belongs to another user
        }
    }

    private void install(String resource, String name) throws IOException {
        Path file = bin.resolve(name);
        Files.deleteIfExists(file);
        try (InputStream in = Supervisor.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("The resource " + resource + " is missing from the jar; build it again.");
            }
            Files.copy(in, file);
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /**
     * The path of the interpreter itself, because the command on the PATH may be a script that searches for it at each
     * start.
     */
    private static String python() {
        try {
            var process = new ProcessBuilder("python3", "-I", "-c", "import sys; print(sys.executable)")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String executable = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!executable.isEmpty()) {
                return executable;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot run python3, which watches over instances; install Python 3.10.", e);
        }
        throw new IllegalStateException("python3 on the PATH does not work; install Python 3.10 or newer.");
    }
}
