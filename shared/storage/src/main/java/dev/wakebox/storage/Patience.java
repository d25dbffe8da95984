package dev.wakebox.storage;

import java.time.Duration;

/** Lets a message come again at a chosen time instead of waiting for anything here. Implementations are thread-safe. */
public interface Patience {
    /**
     * The message that is being handled shall come again so much later, if it is reported as failed.
     *
     * @throws dev.wakebox.runtime.WakeboxException {@code UNAVAILABLE} when that can't be said now; the message then
     *     comes at the queue's own time
     */
    void comeAgain(String receiptHandle, Duration after);

    /**
     * Twice as long after each delivery.
     *
     * @param receiveCount how often the message has been delivered
     * @param first after the first delivery
     */
    static Duration after(int receiveCount, Duration first, Duration longest) {
        Duration wait = first.multipliedBy(1L << Math.clamp(receiveCount - 1L, 0, 20));
        return wait.compareTo(longest) < 0 ? wait : longest;
    }
}
