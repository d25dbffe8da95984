package dev.wakebox.compute.execution;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * Which run a document belongs to, and which attempt of it.
 *
 * @param id the execution's ARN
 * @param name the execution's name
 * @param startedAt when the first attempt began; every date in the document counts from here
 * @param t0 when this attempt began; {@code timeout_s} counts from here
 * @param attempt 0 for the first
 */
public record Run(String id, String name, Instant startedAt, Instant t0, int attempt) {
    public Run {
        requireNonNull(id, "id is null");
        requireNonNull(name, "name is null");
        requireNonNull(startedAt, "startedAt is null");
        requireNonNull(t0, "t0 is null");
    }

    /**
     * What people and the logs call it: the execution's name and the attempt. No other command on the instance of this
     * attempt is called so; another state machine's execution, or one that is 90 days older, may be.
     */
    public String label() {
        return name + "/" + attempt;
    }
}
