package dev.wakebox.jobs;

import java.time.Instant;
import java.util.Optional;

/**
 * The records of all jobs, strongly consistent, with conditional writes. A record whose time is over counts as absent.
 * Implementations are thread-safe.
 *
 * <p>Every method throws {@link dev.wakebox.runtime.WakeboxException} {@code UNAVAILABLE} when the store can't be
 * reached or throttles, and {@code INTERNAL} when it refuses for a reason that a retry won't mend.
 */
public interface JobStore {
    /** The job's record, or empty when there is none. */
    Optional<Job> find(JobId id);

    /**
     * Writes the record of a new job unless the job has one.
     *
     * @return whether it was written
     */
    boolean create(Job job);

    /**
     * Takes the lease if nobody else holds one at this time; extends one's own.
     *
     * @return the job with the lease, or empty when somebody else has it or there is no such job
     */
    Optional<Job> lease(JobId id, Lease lease, Instant now);

    /** Gives the lease back before its time; does nothing when somebody else holds it. */
    void release(JobId id, String owner);

    /**
     * Moves the job to another state.
     *
     * @return the job as it is now, or empty when it is in none of the states, its lease is somebody else's, or there is
     *     no such job; nothing was written then
     */
    Optional<Job> move(JobId id, Move move);
}
