package dev.wakebox.functions.webhookegress;

import static java.util.Objects.requireNonNull;

/** What became of a job's output. */
sealed interface Outcome {
    /**
     * The object is there.
     *
     * @param sha256 in lower-case hex
     * @param duplicate whether it was there before, so that nothing was downloaded
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

    /** It will be there: somebody is at it, or the queue worker will be. */
    record Accepted(String id, String message) implements Outcome {
        public Accepted {
            requireNonNull(id, "id is null");
            requireNonNull(message, "message is null");
        }
    }
}
