package dev.wakebox.storage;

import java.util.Optional;

/** The objects of one bucket for those who need the end of a long one only. Implementations are thread-safe. */
public interface TailReads {
    /**
     * The last bytes of an object, all of it when it is no longer than that, or empty when there is no such key.
     *
     * @throws dev.wakebox.runtime.WakeboxException as {@link ObjectStore#get} does
     */
    Optional<byte[]> tail(String key, int length);
}
