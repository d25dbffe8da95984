package dev.wakebox.jobs;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/** Who works on a job, and until when nobody else does. */
public record Lease(String owner, Instant until) {
    public Lease {
        requireNonNull(owner, "owner is null");
        requireNonNull(until, "until is null");
    }

    /** Whether somebody else has to wait. */
    public boolean keepsOut(String other, Instant now) {
        return !owner.equals(other) && now.isBefore(until);
    }
}
