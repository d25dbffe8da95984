package dev.wakebox.classifierjobs;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Map;

/**
 * One training of a mentor's classifier.
 *
 * @param progress in percent
 * @param message what the worker is doing, or why the training failed
 * @param report the measures of a training whose model was stored, by name
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
    /** The status of a training. */
    public enum Status {
        /** The message is in the queue. */
        QUEUED,
        /** A worker is training. */
        IN_PROGRESS,
        /** The model is stored and in use. */
        SUCCESS,
        /** The training failed; if a retry may succeed, the status may still become {@link #SUCCESS}. */
        FAILURE;

        /** Whether a request for another training of the mentor returns this one. */
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

    /** The path of its status in the API, relative to {@code /classifier}. */
    public String statusUrl() {
        return "/train/status/" + id;
    }
}
