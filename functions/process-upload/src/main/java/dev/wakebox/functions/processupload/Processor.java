package dev.wakebox.functions.processupload;

/** The processing API on the box. Implementations are thread-safe and wait no longer than seconds. */
public interface Processor {
    /** What became of a request. */
    sealed interface Answer {
        /** The box has it. */
        record Accepted() implements Answer {}

        /** The box hasn't taken it: the same request may be sent again. */
        record Refused(String why) implements Answer {}

        /** The box may have it or not: the same request must not be sent again. */
        record Unknown(String why) implements Answer {}
    }

    /** Whether the API at this address is ready for requests. */
    boolean healthy(String address);

    /** Asks for an object to be processed; sends at most one request. */
    Answer submit(String address, String bucket, String key, String uploadId);
}
