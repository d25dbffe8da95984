package dev.wakebox.storage;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Creates URLs with which a client without AWS credentials can put one object into the bucket. Implementations are
 * thread-safe.
 */
public interface UploadUrls {
    /**
     * A URL that accepts PUT requests of exactly this type and length to this key until it expires. S3 refuses a
     * request (412) when the object exists, so that an uploaded file can't change while it is processed.
     *
     * @param contentLength null for any length
     * @throws dev.wakebox.runtime.WakeboxException {@code UNAVAILABLE} when there are no credentials to sign with
     */
    PresignedUpload put(String key, String contentType, @Nullable Long contentLength, Duration validity);
}
