package dev.wakebox.functions.webhookegress;

import java.time.Duration;

/** The queue of jobs whose output the queue worker stores. Implementations are thread-safe. */
interface EgressQueue {
    /**
     * Sends a message with which the worker checks the job after this delay, and again until it is done.
     *
     * @param precaution whether another delivery is storing the output already; then an unknown job is no failure
     * @throws dev.wakebox.runtime.WakeboxException {@code UNAVAILABLE} when the queue can't be reached, {@code
     *     INTERNAL} when it refuses
     */
    void enqueue(String id, Duration delay, boolean precaution);
}
