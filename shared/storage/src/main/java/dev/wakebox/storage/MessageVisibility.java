package dev.wakebox.storage;

import java.time.Duration;

/** Delays the redelivery of a message, so that a function needn't wait. Implementations are thread-safe. */
public interface MessageVisibility {
    /**
     * Redelivers the current message after this delay, if it is reported as failed.
     *
     * @throws dev.wakebox.runtime.WakeboxException {@code UNAVAILABLE} when the delay can't be set now; the queue's own
     *     visibility timeout then applies
     */
    void retryAfter(String receiptHandle, Duration after);

    /**
     * A delay that doubles with each delivery.
     *
     * @param receiveCount number of deliveries of the message
     * @param first after the first delivery
     */
    static Duration backoff(int receiveCount, Duration first, Duration longest) {
        Duration wait = first.multipliedBy(1L << Math.clamp(receiveCount - 1L, 0, 20));
        return wait.compareTo(longest) < 0 ? wait : longest;
    }
}
