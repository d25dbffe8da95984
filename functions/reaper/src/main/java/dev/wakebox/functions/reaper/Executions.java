package dev.wakebox.functions.reaper;

/** The executions of the state machine. Implementations are thread-safe. */
interface Executions {
    /**
     * Whether an execution may still need its resources; false when Step Functions doesn't know it or no longer knows
     * it.
     *
     * @throws dev.wakebox.runtime.WakeboxException {@code UNAVAILABLE} when Step Functions can't be reached or
     *     throttles, {@code INTERNAL} when a retry won't help
     */
    boolean running(String executionArn);
}
