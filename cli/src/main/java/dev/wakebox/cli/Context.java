package dev.wakebox.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/**
 * The surroundings of a command.
 *
 * @param environment the user's environment variables
 * @param directory the user's current directory, to which paths are relative
 * @param interactive whether a user types the input and sees the output in a terminal
 */
record Context(
        Map<String, String> environment,
        Path directory,
        InputStream in,
        PrintStream out,
        Clock clock,
        boolean interactive) {
    Context {
        environment = Map.copyOf(environment);
    }
}
