package dev.wakebox.storage;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Objects that clients without AWS credentials send in parts, each part with a URL of its own. Implementations are
 * thread-safe.
 *
 * <p>Every method throws a {@link dev.wakebox.runtime.WakeboxException}: {@code UNAVAILABLE} when the store can't be
 * reached or throttles, {@code INTERNAL} when it refuses and a retry won't help.
 */
public interface ObjectParts {
    /**
     * A part that has arrived.
     *
     * @param etag with its quotes
     */
    record Part(int number, String etag, long size) {
        public Part {
            requireNonNull(etag, "etag is null");
        }
    }

    /**
     * Begins an upload in parts. Nothing is stored until it is completed.
     *
     * @return the id of the upload
     */
    String begin(String key, String contentType);

    /** A URL that accepts PUT requests of exactly this length for the part until it expires. */
    String url(String key, String uploadId, int number, long length, Duration validity);

    /** The parts that have arrived, in their order; empty when there is no such upload. */
    Optional<List<Part>> arrived(String key, String uploadId);

    /**
     * Makes the object from all parts.
     *
     * @param etags by the numbers of the parts
     * @param size of the whole object
     * @return false when there is no such upload; it may have been completed before
     * @throws dev.wakebox.runtime.WakeboxException also {@code INVALID_REQUEST} when a part has not arrived or has another
     *     ETag, or the size differs
     */
    boolean complete(String key, String uploadId, SortedMap<Integer, String> etags, long size);

    /**
     * Removes the parts that have arrived.
     *
     * @return false when there is no such upload
     */
    boolean abort(String key, String uploadId);
}
