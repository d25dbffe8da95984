package dev.wakebox.storage;

import java.time.Duration;

/** Lets somebody without AWS credentials read one object of the bucket. Implementations are thread-safe. */
public interface DownloadUrls {
    /**
     * A URL that gives the object until it expires. Whether the object exists isn't looked at.
     *
     * @param validity at most; a URL ends earlier with the credentials that signed it
     * @throws dev.wakebox.runtime.WakeboxException {@code UNAVAILABLE} when there are no credentials to sign with
     */
    String get(String key, Duration validity);
}
