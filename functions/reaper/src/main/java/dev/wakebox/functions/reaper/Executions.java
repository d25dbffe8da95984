package dev.wakebox.functions.reaper;

/** The executions of the state machine. Implementations are thread-safe. */
interface Executions {
    /**
     * Whether an execution may still need what it launched; one that Step Functions doesn't know (any more) doesn't.
     *
     * @throws dev.wakebox.runtime.WakeboxException {@code UNAVAILABLE} when Step Functions can't be reached or
     *     throttles, {@code INTERNAL} when a retry won't help
     */
    boolean running(String executionArn);
}
