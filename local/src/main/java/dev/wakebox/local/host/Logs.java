package dev.wakebox.local.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The log files of one run: one for the emulator and one for each function. */
public record Logs(Path directory) {
    public Logs {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path file(String name) {
        return directory.resolve(name + ".log");
    }

    /** The last lines of a log, for a message about the end of a process. */
    public String tail(String name, int lines) {
        try {
            List<String> all = Files.readAllLines(file(name));
            return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
        } catch (IOException e) {
            return "(" + file(name) + " can't be read)";
        }
    }
}
