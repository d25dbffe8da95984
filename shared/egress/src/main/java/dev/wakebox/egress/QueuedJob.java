package dev.wakebox.egress;

import dev.wakebox.runtime.JsonObject;

/**
 * The message with which the webhook leaves a job to the queue worker.
 *
 * @param precaution whether another delivery is storing the output already; then an unknown job is no failure
 */
public record QueuedJob(String id, boolean precaution) {
    /** @throws dev.wakebox.runtime.WakeboxException {@code INVALID_REQUEST} when the id is none of the platform's */
    public QueuedJob {
        Egress.requireId(id);
    }

    /** Reads the message. */
    public static QueuedJob of(JsonObject message) {
        return new QueuedJob(message.asText("id"), message.isTrue("precaution"));
    }
}
