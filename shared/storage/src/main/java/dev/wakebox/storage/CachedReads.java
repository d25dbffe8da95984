package dev.wakebox.storage;

import static java.util.Objects.requireNonNull;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the objects of one bucket for callers that cache them. Implementations are thread-safe. */
public interface CachedReads {
    /** The result of a read, relative to the previous one. */
    sealed interface Read {
        /** The object is new to the caller or has changed. */
        record Changed(StoredObject object) implements Read {
            public Changed {
                requireNonNull(object, "object is null");
            }
        }

        /** The object has not changed; nothing was downloaded. */
        record Unchanged() implements Read {}

        /** There is no such key. */
        record Absent() implements Read {}
    }

    /**
     * Reads an object unless it still has this ETag ({@code If-None-Match}).
     *
     * @param etag of the previous read, or null
     * @throws dev.wakebox.runtime.WakeboxException as {@link ObjectStore#get} does
     */
    Read get(String key, @Nullable String etag);

    /**
     * The earlier versions of this key in a versioned bucket, latest first; each is read when the stream reaches it.
     *
     * @throws dev.wakebox.runtime.WakeboxException as {@link ObjectStore#get} does, here or from the stream
     */
    Stream<StoredObject> former(String key);
}
