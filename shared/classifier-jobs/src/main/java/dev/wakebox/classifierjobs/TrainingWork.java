package dev.wakebox.classifierjobs;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/** The work that a message requires of a worker. */
public sealed interface TrainingWork {
    /**
     * The training has begun.
     *
     * @param attempt identifies this attempt
     * @param failedBefore why the first attempt failed, if this is a retry
     */
    record Work(TrainingJob job, String attempt, Optional<String> failedBefore) implements TrainingWork {
        public Work {
            requireNonNull(job, "job is null");
            requireNonNull(attempt, "attempt is null");
            requireNonNull(failedBefore, "failedBefore is null");
        }
    }

    /** Nothing to do: the training has ended. */
    record Over(TrainingJob job) implements TrainingWork {
        public Over {
            requireNonNull(job, "job is null");
        }
    }

    /** Nothing to do: a newer training has replaced it. */
    record Nothing(String reason) implements TrainingWork {
        public Nothing {
            requireNonNull(reason, "reason is null");
        }
    }
}
