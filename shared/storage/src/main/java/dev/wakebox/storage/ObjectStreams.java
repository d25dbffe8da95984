package dev.wakebox.storage;

import java.io.IOException;
import java.io.InputStream;

/** Writes objects of any size from a stream, in constant memory. Implementations are thread-safe. */
public interface ObjectStreams {
    /** Looks at all that has passed before it becomes an object. */
    @FunctionalInterface
    interface Check {
        /** Whatever it throws leaves no object behind. */
        void accept(CopiedStream copied) throws IOException;
    }

    /**
     * Reads the stream to its end and makes an object of it, whole or not at all.
     *
     * @param check called after the last byte has been read and before the object exists
     * @throws IOException what the stream or the check threw
     * @throws dev.wakebox.runtime.WakeboxException {@code UNAVAILABLE} when the store can't be reached or throttles,
     *     {@code INTERNAL} when it refuses for a reason that a retry won't mend
     */
    CopiedStream copy(InputStream in, StreamTarget target, Check check) throws IOException;
}
