package dev.wakebox.local.compute;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Starts groups of processes that end with us, however we end, and that find {@code runuser}, {@code sudo} and
 * {@code shutdown} of a local instance first on their PATH.
 */
final class Supervisor {
    private static final List<String> SYSTEM_PATH =
            List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

    private final Path bin;
    private final String python;

    /** @param bin gets the small programs; what is there is replaced */
    Supervisor(Path bin) throws IOException {
        this.bin = bin;
        Files.createDirectories(bin);
        install("supervise.py", "supervise.py");
        install("bin/runuser", "runuser");
        install("bin/runuser", "su");
        install("bin/sudo", "sudo");
        for (String name : List.of("shutdown", "poweroff", "halt", "reboot")) {
            install("bin/shutdown", name);
        }
        this.python = python();
    }

    /** PATH on an instance: our small programs, this Java, then the given one or the system's. */
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

    /** @param listener hears of what the group asks for: {@code shutdown} or {@code reboot} */
    ProcessGroup start(
            List<String> command,
            Path directory,
            Map<String, String> environment,
            Path stdout,
            Path stderr,
            ProcessGroup.Listener listener)
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

    /** Ends what an earlier life left under that directory (seen by its environment, where there is a /proc). */
    static void killLeftovers(Path directory) throws IOException {
        Path proc = Path.of("/proc");
        if (!Files.isDirectory(proc)) {
            return;
        }
        String mark = "\0WAKEBOX_INSTANCE_DIR=" + directory + "/";
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            all.filter(process -> environment(proc.resolve(process.pid() + "/environ"))
                            .contains(mark))
                    .forEach(ProcessHandle::destroyForcibly);
        }
    }

    private static String environment(Path file) {
        try {
            return "\0" + Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // it has ended, or it is somebody else's
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

    /** The interpreter itself: what is on the PATH may be a script that looks it up each time. */
    private static String python() {
        try {
            var process = new ProcessBuilder("python3", "-c", "import sys; print(sys.executable)")
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
