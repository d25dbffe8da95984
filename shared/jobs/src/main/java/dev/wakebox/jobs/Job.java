package dev.wakebox.jobs;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The record of one job.
 *
 * @param attributes values that its kind stores
 * @param history the changes of state, oldest first; never empty, and the last one is the current state. When there are
 *     more than {@link #LONGEST_HISTORY}, changes in the middle are dropped.
 * @param lease of the current owner, or null; it may have expired
 * @param expiresAt when the record expires, or null for never
 */
public record Job(
        JobId id,
        Map<String, String> attributes,
        List<Change> history,
        @Nullable Lease lease,
        @Nullable Instant expiresAt) {
    /** The maximum number of changes: the record of a job that fails for months stays within its size limit. */
    public static final int LONGEST_HISTORY = 50;

    public Job {
        requireNonNull(id, "id is null");
        attributes = Map.copyOf(attributes);
        history = List.copyOf(history);
        if (history.isEmpty()) {
            throw new IllegalArgumentException("The job " + id + " has no state.");
        }
    }

    /** A new job without a lease. */
    public static Job created(JobId id, Change first, Map<String, String> attributes, @Nullable Instant expiresAt) {
        return new Job(id, attributes, List.of(first), null, expiresAt);
    }

    public String state() {
        return history.getLast().state();
    }
}
