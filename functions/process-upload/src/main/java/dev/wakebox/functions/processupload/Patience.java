package dev.wakebox.functions.processupload;

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

    /** 5, 10, 20, 40 and then 60 seconds: soon for a box that boots, seldom for one that never will. */
    static Duration after(int receiveCount) {
        return Duration.ofSeconds(Math.min(60, 5L << Math.clamp(receiveCount - 1L, 0, 4)));
    }
}
