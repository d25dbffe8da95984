package dev.wakebox.runs;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.SnakeCase;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One line of a list of runs.
 *
 * @param status Step Functions' status of the execution, such as {@code RUNNING}, or {@code QUEUED} for a running one that waits for a
 *     slot or a quota before its launch
 * @param endedAt empty while the run is running
 */
@SnakeCase
public record RunSummary(String name, String status, Instant startedAt, Optional<Instant> endedAt, String execution) {
    public RunSummary {
        requireNonNull(name, "name is null");
        requireNonNull(status, "status is null");
        requireNonNull(startedAt, "startedAt is null");
        requireNonNull(endedAt, "endedAt is null");
        requireNonNull(execution, "execution is null");
    }

    /** The time from the start to the end, or until now while the run is running. */
    public Duration duration(Instant now) {
        return Duration.between(startedAt, endedAt.orElse(now));
    }
}
