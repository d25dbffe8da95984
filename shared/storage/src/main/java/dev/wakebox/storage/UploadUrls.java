package dev.wakebox.storage;

import java.time.Duration;

/** Lets somebody without AWS credentials put one object into the bucket. Implementations are thread-safe. */
public interface UploadUrls {
    /**
     * A URL that takes one PUT of exactly this type and length to this key, as often as wanted until it expires.
     *
     * @throws dev.wakebox.runtime.WakeboxException {@code UNAVAILABLE} when there are no credentials to sign with
     */
    PresignedUpload put(String key, String contentType, long contentLength, Duration validity);
}
