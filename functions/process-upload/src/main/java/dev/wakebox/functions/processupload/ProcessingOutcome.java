package dev.wakebox.functions.processupload;

import java.time.Duration;

/** The outcome of one event about one upload, and the reason. */
public sealed interface ProcessingOutcome {
    String reason();

    /** The event needs no redelivery. */
    record Settled(String reason) implements ProcessingOutcome {}

    /** The object is not an upload and is ignored; an operator may want to know. */
    record Refused(String reason) implements ProcessingOutcome {}

    /**
     * SQS must redeliver the event.
     *
     * @param reason which the owner may read
     * @param atMost the longest delay before the redelivery
     */
    record Wait(String reason, Duration atMost) implements ProcessingOutcome {
        /** Redelivery after at most one minute. */
        Wait(String reason) {
            this(reason, Duration.ofMinutes(1));
        }
    }
}
