package dev.wakebox.compute.execution;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * The run of a document, and its current attempt.
 *
 * @param id the execution's ARN
 * @param name the execution's name
 * @param startedAt when the first attempt began; every date in the document counts from here
 * @param t0 when this attempt began; {@code timeout_s} counts from here
 * @param attempt 0 for the first
 * @param interruptions how many of the earlier attempts count against {@code n_interruptions_allowed}
 */
public record Run(String id, String name, Instant startedAt, Instant t0, int attempt, int interruptions) {
    public Run {
        requireNonNull(id, "id is null");
        requireNonNull(name, "name is null");
        requireNonNull(startedAt, "startedAt is null");
        requireNonNull(t0, "t0 is null");
    }

    /**
     * The name for people and logs: the execution's name and the attempt. It is unique among the commands on the
     * instance of this attempt, but executions of other state machines, or ones 90 days older, may share it.
     */
    public String label() {
        return name + "/" + attempt;
    }
}
