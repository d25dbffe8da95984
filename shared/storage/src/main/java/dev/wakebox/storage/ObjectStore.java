package dev.wakebox.storage;

import java.util.Optional;

/**
 * The objects of one bucket, strongly consistent, with conditional writes. Implementations are thread-safe.
 *
 * <p>Every method throws {@link dev.wakebox.runtime.WakeboxException} {@code UNAVAILABLE} when the store can't be
 * reached or throttles, and {@code INTERNAL} when it refuses for a reason that a retry won't mend (no bucket, no
 * permission); the message names the cause.
 */
public interface ObjectStore {
    /** The object's bytes, or empty when there is no such key. */
    Optional<StoredObject> get(String key);

    /** The object's size and ETag without its bytes, or empty when there is no such key. */
    Optional<ObjectInfo> head(String key);

    /**
     * Writes an object if the condition holds at that instant.
     *
     * @return the new ETag
     * @throws PreconditionFailedException when the condition didn't hold; nothing was written
     */
    String put(String key, byte[] body, String contentType, Condition condition);

    /** Deletes an object; does nothing when there is no such key. */
    void delete(String key);

    /**
     * Deletes an object if it is still the one that was read.
     *
     * @throws PreconditionFailedException when it was changed or deleted since; nothing was deleted
     * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html">S3 conditional
     *     deletes</a>
     */
    void delete(String key, Condition.Unchanged condition);
}
