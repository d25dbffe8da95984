package dev.wakebox.jobs;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/** One entry of a job's history: the state it went to, when, and why. */
public record Change(String state, Instant at, String reason) {
    public Change {
        requireNonNull(state, "state is null");
        requireNonNull(at, "at is null");
        requireNonNull(reason, "reason is null");
    }
}
