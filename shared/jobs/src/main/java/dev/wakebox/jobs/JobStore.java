package dev.wakebox.jobs;

import java.time.Instant;
import java.util.Optional;

/**
 * The job records, strongly consistent, with conditional writes. An expired record counts as absent. Implementations
 * are thread-safe.
 *
 * <p>Every method throws {@link dev.wakebox.runtime.WakeboxException}: {@code UNAVAILABLE} when the store can't be
 * reached or throttles, {@code INTERNAL} when it refuses and a retry won't help.
 */
public interface JobStore {
    /** The record of the job; empty when there is none. */
    Optional<Job> find(JobId id);

    /**
     * Writes the record of a new job, unless the job already has one.
     *
     * @return whether it was written
     */
    boolean create(Job job);

    /**
     * Acquires the lease unless another owner holds it at this time; extends the owner's own lease.
     *
     * @return the job with the lease; empty when another owner holds it or there is no such job
     */
    Optional<Job> lease(JobId id, Lease lease, Instant now);

    /** Releases the lease early. Does nothing when another owner holds it. */
    void release(JobId id, String owner);

    /**
     * Moves the job to another state.
     *
     * @return the job after the move; empty, and nothing is written, when it is in none of the states, another owner
     *     holds its lease, or there is no such job
     */
    Optional<Job> move(JobId id, Move move);
}
