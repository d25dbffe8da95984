package dev.wakebox.jobs;

import java.time.Instant;
import java.util.Set;

/**
 * Who needs something that several jobs share, such as a machine, and when nobody does. Every method is one atomic step,
 * strongly consistent. Implementations are thread-safe.
 *
 * <p>Every method throws {@link dev.wakebox.runtime.WakeboxException} as {@link JobStore} does.
 */
public interface Needs {
    /**
     * The jobs that need the thing, until when it is being put away, and when it last served one.
     *
     * @param endingUntil {@link Instant#EPOCH} when nobody puts it away
     * @param lastServed {@link Instant#EPOCH} when it has served none
     */
    record State(Set<String> jobs, Instant endingUntil, Instant lastServed) {
        public State {
            jobs = Set.copyOf(jobs);
        }

        /** Whether somebody is just putting the thing away: a new job has to wait until that is done. */
        public boolean ending(Instant now) {
            return now.isBefore(endingUntil);
        }
    }

    /** How it stands. */
    State of(String thing);

    /** The job needs the thing from now on, for as long as it doesn't say otherwise. */
    State add(String thing, String job);

    /** The job needs the thing no more. */
    State remove(String thing, String job);

    /** The job needs the thing no more, for it has from it what it needed: a sign that the thing works. */
    State served(String thing, String job, Instant at);

    /**
     * Takes the right to put the thing away, if no job needs it and nobody has the right at this time.
     *
     * @param until when the right is over, should {@link #ended} never be called
     * @return whether it was given
     */
    boolean end(String thing, Instant until, Instant now);

    /** The thing has been put away: jobs may have it again. */
    void ended(String thing);
}
