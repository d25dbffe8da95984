package dev.wakebox.storage;

import java.util.Optional;

/** Reads the end of a long object of one bucket. Implementations are thread-safe. */
public interface TailReads {
    /**
     * The last bytes of an object, or the whole object when it is not longer; empty when there is no such key.
     *
     * @throws dev.wakebox.runtime.WakeboxException as {@link ObjectStore#get} does
     */
    Optional<byte[]> tail(String key, int length);
}
