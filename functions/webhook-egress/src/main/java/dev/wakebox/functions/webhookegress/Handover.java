package dev.wakebox.functions.webhookegress;

import java.time.Duration;

/** Leaves a job to the queue worker. Implementations are thread-safe. */
interface Handover {
    /**
     * The worker looks at the job after this time, and again until it is done.
     *
     * @param precaution somebody is at it already: nothing is to be done when the platform doesn't know the job
     * @throws dev.wakebox.runtime.WakeboxException {@code UNAVAILABLE} when the queue can't be reached, {@code INTERNAL}
     *     when it refuses
     */
    void later(String id, Duration delay, boolean precaution);
}
