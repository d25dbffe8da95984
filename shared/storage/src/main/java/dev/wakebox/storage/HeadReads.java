package dev.wakebox.storage;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/** The objects of one bucket, with reads of the beginning of a long object. Implementations are thread-safe. */
public interface HeadReads extends ObjectStore {
    /**
     * The beginning of an object.
     *
     * @param contentType as stored; empty when there is none
     */
    record Beginning(byte[] bytes, String contentType) {
        public Beginning {
            requireNonNull(contentType, "contentType is null");
        }
    }

    /**
     * The first bytes of an object, or the whole object when it is not longer; empty when there is no such key.
     *
     * @throws dev.wakebox.runtime.WakeboxException as {@link ObjectStore#get} does
     */
    Optional<Beginning> beginning(String key, int length);
}
