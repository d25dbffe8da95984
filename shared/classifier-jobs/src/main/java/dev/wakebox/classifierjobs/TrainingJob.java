package dev.wakebox.classifierjobs;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Map;

/**
 * One training of a mentor's classifier.
 *
 * @param progress in percent
 * @param message what it is at, or why it failed
 * @param report of a training that succeeded: its measures by name
 */
public record TrainingJob(
        String id,
        String mentor,
        Status status,
        Instant created,
        Instant updated,
        int progress,
        String message,
        Map<String, String> report) {
    /** How far a training is. */
    public enum Status {
        /** Its message waits in the queue. */
        QUEUED,
        /** A worker is at it. */
        IN_PROGRESS,
        /** The model is there. */
        SUCCESS,
        /** It came to nothing; where a retry can help it may still succeed. */
        FAILURE;

        /** Whether a train for the mentor that is asked for now would be this one. */
        public boolean open() {
            return this == QUEUED || this == IN_PROGRESS;
        }
    }

    public TrainingJob {
        requireNonNull(id, "id is null");
        requireNonNull(mentor, "mentor is null");
        requireNonNull(status, "status is null");
        requireNonNull(created, "created is null");
        requireNonNull(updated, "updated is null");
        requireNonNull(message, "message is null");
        report = Map.copyOf(report);
    }

    /** Where the API tells how far it is, below {@code /classifier}. */
    public String statusUrl() {
        return "/train/status/" + id;
    }
}
