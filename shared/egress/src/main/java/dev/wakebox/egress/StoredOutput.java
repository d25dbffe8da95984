package dev.wakebox.egress;

import static java.util.Objects.requireNonNull;

/**
 * The output of a job in the bucket.
 *
 * @param sha256 in lower-case hex
 * @param duplicate whether an earlier delivery stored it, so nothing was downloaded
 */
public record StoredOutput(String id, String bucket, String key, long bytes, String sha256, boolean duplicate) {
    public StoredOutput {
        requireNonNull(id, "id is null");
        requireNonNull(bucket, "bucket is null");
        requireNonNull(key, "key is null");
        requireNonNull(sha256, "sha256 is null");
    }
}
