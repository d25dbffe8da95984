package dev.wakebox.functions.reaper;

/** Who wants to hear how runs ended. Implementations are thread-safe. */
interface OutcomeEvents {
    /**
     * Tells of a run; twice when it is called twice.
     *
     * @throws dev.wakebox.runtime.WakeboxException {@code UNAVAILABLE} when a later call may succeed, {@code INTERNAL}
     *     otherwise
     */
    void publish(BrokenOff run);
}
