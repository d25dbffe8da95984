package dev.wakebox.functions.reaper;

/** Publishes the outcomes of runs. Implementations are thread-safe. */
interface OutcomeEvents {
    /**
     * Publishes the outcome of a run; a second call publishes it again.
     *
     * @throws dev.wakebox.runtime.WakeboxException {@code UNAVAILABLE} when a later call may succeed, {@code INTERNAL}
     *     otherwise
     */
    void publish(BrokenOff run);
}
