package dev.wakebox.functions.webhookegress;

import static java.util.Objects.requireNonNull;

/** The outcome of a webhook. */
sealed interface Outcome {
    /**
     * The output is stored.
     *
     * @param sha256 in lower-case hex
     * @param duplicate whether an earlier delivery stored it, so nothing was downloaded
     */
    record Stored(String id, String bucket, String key, long bytes, String sha256, boolean duplicate)
            implements Outcome {
        public Stored {
            requireNonNull(id, "id is null");
            requireNonNull(bucket, "bucket is null");
            requireNonNull(key, "key is null");
            requireNonNull(sha256, "sha256 is null");
        }
    }

    /** Another delivery or the queue worker stores the output. */
    record Accepted(String id, String message) implements Outcome {
        public Accepted {
            requireNonNull(id, "id is null");
            requireNonNull(message, "message is null");
        }
    }
}
