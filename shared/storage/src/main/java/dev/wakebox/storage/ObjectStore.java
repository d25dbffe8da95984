package dev.wakebox.storage;

import java.util.Optional;

/**
 * The objects of one bucket, strongly consistent, with conditional writes. Implementations are thread-safe.
 *
 * <p>Every method throws {@link dev.wakebox.runtime.WakeboxException}: {@code UNAVAILABLE} when the store can't be
 * reached or throttles, {@code INTERNAL} when it refuses and a retry won't help (no bucket, no permission); the message
 * names the cause.
 */
public interface ObjectStore {
    /** Reads the object; empty when there is no such key. */
    Optional<StoredObject> get(String key);

    /** The size and ETag of the object, without its content; empty when there is no such key. */
    Optional<ObjectInfo> head(String key);

    /**
     * Writes an object if the condition holds.
     *
     * @return the new ETag
     * @throws PreconditionFailedException when the condition didn't hold; nothing was written
     */
    String put(String key, byte[] body, String contentType, Condition condition);

    /** Deletes an object. Does nothing when there is no such key. */
    void delete(String key);

    /**
     * Deletes an object if it hasn't changed since it was read.
     *
     * @throws PreconditionFailedException when it was changed or deleted since; nothing was deleted
     * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html">S3 conditional
     *     deletes</a>
     */
    void delete(String key, Condition.Unchanged condition);
}
