package dev.wakebox.storage;

import java.time.Duration;

/**
 * Creates URLs with which a client without AWS credentials can read one object of the bucket. Implementations are
 * thread-safe.
 */
public interface DownloadUrls {
    /**
     * A URL of the object that is valid until it expires. The existence of the object is not checked.
     *
     * @param validity at most; a URL expires earlier with the credentials that signed it
     * @throws dev.wakebox.runtime.WakeboxException {@code UNAVAILABLE} when there are no credentials to sign with
     */
    String get(String key, Duration validity);
}
