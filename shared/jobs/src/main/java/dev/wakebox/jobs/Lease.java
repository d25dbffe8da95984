package dev.wakebox.jobs;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/** The exclusive right of an owner to work on a job until a given time. */
public record Lease(String owner, Instant until) {
    public Lease {
        requireNonNull(owner, "owner is null");
        requireNonNull(until, "until is null");
    }

    /** Whether the lease blocks another owner at this time. */
    public boolean keepsOut(String other, Instant now) {
        return !owner.equals(other) && now.isBefore(until);
    }
}
