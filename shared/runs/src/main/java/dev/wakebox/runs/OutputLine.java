package dev.wakebox.runs;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.SnakeCase;
import java.time.Instant;

/**
 * A line that a run's commands wrote.
 *
 * @param time when the agent read it
 * @param stream {@code stdout} or {@code stderr}
 */
@SnakeCase
public record OutputLine(Instant time, String stream, String text) {
    public OutputLine {
        requireNonNull(time, "time is null");
        requireNonNull(stream, "stream is null");
        requireNonNull(text, "text is null");
    }
}
