package dev.wakebox.jobs;

import java.time.Instant;
import java.util.Set;

/**
 * Counts the jobs that need a shared thing, such as an instance, and grants an exclusive lease to end it when no job
 * does. Every method is one atomic, strongly consistent operation. Implementations are thread-safe.
 *
 * <p>Every method throws {@link dev.wakebox.runtime.WakeboxException} as {@link JobStore} does.
 */
public interface UsageLedger {
    /**
     * The jobs that need the thing, the end of the lease to end it, and the last time it served a job.
     *
     * @param endingUntil {@link Instant#EPOCH} when there is no lease
     * @param lastServed {@link Instant#EPOCH} when it has served none
     */
    record State(Set<String> jobs, Instant endingUntil, Instant lastServed) {
        public State {
            jobs = Set.copyOf(jobs);
        }

        /** Whether the thing is being ended: a new job must wait until that is done. */
        public boolean ending(Instant now) {
            return now.isBefore(endingUntil);
        }
    }

    /** The current state of the thing. */
    State of(String thing);

    /** Records that the job needs the thing, until the job removes its need. */
    State add(String thing, String job);

    /** Records that the job does not need the thing any more. */
    State remove(String thing, String job);

    /**
     * Records that the thing has served the job, which does not need it any more. It is a sign that the thing works.
     */
    State served(String thing, String job, Instant at);

    /**
     * Acquires the lease to end the thing, if no job needs it and there is no other lease at this time.
     *
     * @param until when the lease expires if {@link #ended} is never called
     * @return whether the lease was acquired
     */
    boolean end(String thing, Instant until, Instant now);

    /** Records that the thing has ended: jobs may need it again. */
    void ended(String thing);
}
