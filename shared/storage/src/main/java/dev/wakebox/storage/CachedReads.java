package dev.wakebox.storage;

import static java.util.Objects.requireNonNull;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The objects of one bucket for those who keep what they have read. Implementations are thread-safe. */
public interface CachedReads {
    /** What is there now, seen from somebody who has read before. */
    sealed interface Read {
        /** Other bytes than before, or the first. */
        record Changed(StoredObject object) implements Read {
            public Changed {
                requireNonNull(object, "object is null");
            }
        }

        /** The same as before; nothing was downloaded. */
        record Unchanged() implements Read {}

        /** There is no such key. */
        record Absent() implements Read {}
    }

    /**
     * Reads an object unless it still has this ETag ({@code If-None-Match}).
     *
     * @param etag of what was read before, or null
     * @throws dev.wakebox.runtime.WakeboxException as {@link ObjectStore#get} does
     */
    Read get(String key, @Nullable String etag);

    /**
     * What a versioned bucket had under this key before, the latest first; each is read when it is asked for.
     *
     * @throws dev.wakebox.runtime.WakeboxException as {@link ObjectStore#get} does, here or from the stream
     */
    Stream<StoredObject> former(String key);
}
