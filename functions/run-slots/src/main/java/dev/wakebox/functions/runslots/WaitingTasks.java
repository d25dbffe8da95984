package dev.wakebox.functions.runslots;

/**
 * The tasks in which executions wait for a slot. Implementations are thread-safe. All methods throw {@link
 * dev.wakebox.runtime.WakeboxException}: {@code UNAVAILABLE} when a retry can help, otherwise {@code INTERNAL}.
 */
interface WaitingTasks {
    /** Whether an execution is running; false when Step Functions doesn't know it or no longer knows it. */
    boolean running(String execution);

    /** Lets a task continue; false if it no longer waits: it was answered before, timed out, or its execution has ended. */
    boolean succeed(String token, SlotAnswer answer);
}
