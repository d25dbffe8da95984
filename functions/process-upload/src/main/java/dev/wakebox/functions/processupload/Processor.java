package dev.wakebox.functions.processupload;

import dev.wakebox.uploads.Upload;

/**
 * The API of the processor on the processing instance. Implementations are thread-safe and wait for a few seconds at
 * most.
 */
public interface Processor {
    /** The result of a request. */
    sealed interface Answer {
        /** The processor has accepted the file. */
        record Accepted() implements Answer {}

        /** The processor has not accepted the file: the same request may be sent again. */
        record Refused(String why) implements Answer {}

        /** The processor may have accepted the file: the same request must not be sent again. */
        record Unknown(String why) implements Answer {}
    }

    /** Whether the API at this address is ready for requests. */
    boolean ready(String address);

    /** Requests the processing of an uploaded file; sends at most one request. */
    Answer submit(String address, String bucket, Upload upload);
}
