package dev.wakebox.jobs;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The record of one job.
 *
 * @param attributes what its kind needs to remember
 * @param history the changes of state, the oldest first; never empty, and the last one is the present state. When there
 *     are more than {@link #LONGEST_HISTORY}, those between the first ones and the last are forgotten.
 * @param lease who works on it, or null; it may be over
 * @param expiresAt when the record is forgotten, or null for never
 */
public record Job(
        JobId id,
        Map<String, String> attributes,
        List<Change> history,
        @Nullable Lease lease,
        @Nullable Instant expiresAt) {
    /** So many changes are kept: a job that fails for months still fits into its record. */
    public static final int LONGEST_HISTORY = 50;

    public Job {
        requireNonNull(id, "id is null");
        attributes = Map.copyOf(attributes);
        history = List.copyOf(history);
        if (history.isEmpty()) {
            throw new IllegalArgumentException("The job " + id + " has no state.");
        }
    }

    /** A job that nobody works on yet. */
    public static Job created(JobId id, Change first, Map<String, String> attributes, @Nullable Instant expiresAt) {
        return new Job(id, attributes, List.of(first), null, expiresAt);
    }

    public String state() {
        return history.getLast().state();
    }
}
