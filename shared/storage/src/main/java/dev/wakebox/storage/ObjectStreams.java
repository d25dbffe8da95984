package dev.wakebox.storage;

import java.io.IOException;
import java.io.InputStream;

/** Writes objects of any size from a stream, in constant memory. Implementations are thread-safe. */
public interface ObjectStreams {
    /** Checks the copied bytes before they become an object. */
    @FunctionalInterface
    interface Check {
        /** An exception prevents the object. */
        void accept(CopiedStream copied) throws IOException;
    }

    /**
     * Reads the stream to its end and creates an object from it, completely or not at all.
     *
     * @param check called after the last byte was read and before the object exists
     * @throws IOException from the stream or the check
     * @throws dev.wakebox.runtime.WakeboxException {@code UNAVAILABLE} when the store can't be reached or throttles,
     *     {@code INTERNAL} when it refuses and a retry won't help
     */
    CopiedStream copy(InputStream in, StreamTarget target, Check check) throws IOException;
}
