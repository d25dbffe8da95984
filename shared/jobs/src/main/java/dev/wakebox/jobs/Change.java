package dev.wakebox.jobs;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/** One entry of a job's history: the new state, its time and its reason. */
public record Change(String state, Instant at, String reason) {
    public Change {
        requireNonNull(state, "state is null");
        requireNonNull(at, "at is null");
        requireNonNull(reason, "reason is null");
    }
}
