package dev.wakebox.classifierjobs;

import static java.util.Objects.requireNonNull;

import dev.wakebox.jobs.Change;
import dev.wakebox.jobs.Job;
import dev.wakebox.jobs.JobId;
import dev.wakebox.jobs.JobStore;
import dev.wakebox.jobs.Lease;
import dev.wakebox.jobs.Move;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The records of mentors: which training of a mentor is open, and which worker has the mentor's lease. Thread-safe.
 *
 * @param ids supplies the names of leases
 */
record MentorClaims(JobStore jobs, Clock clock, Supplier<String> ids) {
    private static final String MENTOR = "classifier-mentor";

    /** Longer than the release takes. */
    private static final Duration TO_FREE = Duration.ofSeconds(10);

    MentorClaims {
        requireNonNull(jobs, "jobs is null");
        requireNonNull(clock, "clock is null");
        requireNonNull(ids, "ids is null");
    }

    /** The id of the mentor's training; empty when none has claimed the mentor. */
    Optional<String> current(String mentor) {
        return jobs.find(mentorId(mentor)).map(Job::state);
    }

    /** Claims the mentor for a training, unless another one has claimed it. */
    boolean claim(String mentor, String id) {
        return jobs.create(Job.created(
                mentorId(mentor),
                new Change(id, clock.instant(), "Open training."),
                Map.of(),
                clock.instant().plus(TrainingJobs.KEPT)));
    }

    /** Passes the claim of a training on to its new id. */
    void rename(String mentor, String id, String newId) {
        Instant now = clock.instant();
        var _ = jobs.move(
                mentorId(mentor),
                new Move(
                        Set.of(id),
                        new Change(newId, now, "Open training."),
                        Map.of(),
                        null,
                        now.plus(TrainingJobs.KEPT)));
    }

    /** Takes the mentor's lease for an attempt, unless another worker has it. */
    boolean lease(String mentor, String attempt, Instant until) {
        return jobs.lease(mentorId(mentor), new Lease(attempt, until), clock.instant())
                .isPresent();
    }

    /**
     * Releases the mentor of a training that has ended, unless a worker has begun a retry.
     *
     * @param mayBeginAgain whether a worker may retry the training
     */
    boolean freed(String mentor, String id, boolean mayBeginAgain) {
        if (!mayBeginAgain) {
            free(mentor, id, null);
            return true;
        }
        String own = ids.get();
        Instant now = clock.instant();
        if (jobs.lease(mentorId(mentor), new Lease(own, now.plus(TO_FREE)), now).isEmpty()) {
            return false;
        }
        free(mentor, id, own);
        return true;
    }

    /** Expires the mentor's record, so that the next training can claim it. */
    void free(String mentor, String id, @Nullable String attempt) {
        Instant now = clock.instant();
        var _ = jobs.move(
                mentorId(mentor),
                new Move(Set.of(id), new Change("free", now, "The training is over."), Map.of(), attempt, now));
    }

    private static JobId mentorId(String mentor) {
        return new JobId(MENTOR, mentor);
    }
}
