package dev.wakebox.functions.webhookegress;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.JsonObject;

/**
 * The message with which the queue worker checks a job.
 *
 * @param precaution whether another delivery is storing the output already
 */
record QueuedJob(String id, boolean precaution) {
    QueuedJob {
        requireNonNull(id, "id is null");
    }

    static QueuedJob of(JsonObject message) {
        return new QueuedJob(message.asText("id"), message.isTrue("precaution"));
    }
}
