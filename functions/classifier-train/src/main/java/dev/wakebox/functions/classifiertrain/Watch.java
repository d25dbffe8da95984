package dev.wakebox.functions.classifiertrain;

import dev.wakebox.graphql.CallerHeaders;
import java.time.Duration;

/** Checks a training after its worker's time, so that a crash is reported. Thread-safe. */
interface Watch {
    /**
     * Schedules the check of a training.
     *
     * @throws dev.wakebox.runtime.WakeboxException {@code UNAVAILABLE} when the queue can't be reached now
     */
    void schedule(String id, CallerHeaders caller, Duration after);
}
