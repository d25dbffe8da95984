package dev.wakebox.local.lambda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes Lambda's own lines into a function's log, between the lines that the function prints. */
record FunctionLog(Path file) {
    private static final Logger LOGGER = LoggerFactory.getLogger(FunctionLog.class);

    /** Truncates the file. */
    FunctionLog {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void start(String requestId) {
        append("START RequestId: " + requestId + " Version: $LATEST");
    }

    void end(String requestId, Duration duration, Optional<Duration> init, int memoryMb, Optional<Integer> usedMb) {
        double millis = duration.toNanos() / 1e6;
        append("END RequestId: " + requestId);
        append("REPORT RequestId: " + requestId
                + String.format(Locale.ROOT, "\tDuration: %.2f ms\tBilled Duration: %.0f ms", millis, Math.ceil(millis))
                + "\tMemory Size: " + memoryMb + " MB"
                + usedMb.map(used -> "\tMax Memory Used: " + used + " MB").orElse("")
                + init.map(time -> String.format(Locale.ROOT, "\tInit Duration: %.2f ms", time.toNanos() / 1e6))
                        .orElse(""));
    }

    void append(String line) {
        try {
            Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            // The function continues without its log; the usual reason is a full disk.
            LOGGER.warn("A line of {} could not be written: {}", file, e.toString());
        }
    }
}
