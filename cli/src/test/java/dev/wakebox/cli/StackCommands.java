package dev.wakebox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The commands of a user, at 12:15 of the day of the stub's runs. */
final class StackCommands {
    /** What a command printed, on both streams, and its exit code. */
    record Result(int exitCode, String out, String err) {}

    /** The user's environment variables; their cache directory is the test's. */
    final Map<String, String> environment;

    /** What the user types. */
    String input = "";

    /** Whether the user sees the output in a terminal. */
    boolean interactive;

    private final URI aws;
    private final Path directory;

    StackCommands(URI aws, Path directory) {
        this.aws = aws;
        this.directory = directory;
        this.environment = new HashMap<>(
                Map.of("XDG_CACHE_HOME", directory.resolve("cache").toString()));
    }

    /** Runs a command on the stack {@code prod}. */
    Result run(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--stack", "prod"));
        return atStub(all.toArray(String[]::new));
    }

    /** Runs a command at the stub's endpoint, on the stack that its arguments name. */
    Result atStub(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--region", DeployedStack.REGION, "--endpoint-url", aws.toString()));
        return plain(all.toArray(String[]::new));
    }

    /** Runs a command with these arguments alone. */
    Result plain(String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        try (var standard = new PrintStream(out, true, UTF_8);
                var errors = new PrintStream(err, true, UTF_8)) {
            var context = new Context(
                    environment,
                    directory,
                    new ByteArrayInputStream(input.getBytes(UTF_8)),
                    standard,
                    Clock.fixed(Instant.parse("2025-11-29T12:15:00Z"), ZoneOffset.UTC),
                    interactive);
            int exitCode = Wakebox.commandLine(context, errors).execute(arguments);
            return new Result(exitCode, out.toString(UTF_8), err.toString(UTF_8));
        }
    }
}
