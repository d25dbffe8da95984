package dev.wakebox.compute.launch;

/**
 * The agents of Systems Manager on instances. Implementations are thread-safe.
 *
 * <p>Every method throws {@link dev.wakebox.runtime.WakeboxException}: {@code UNAVAILABLE} when Systems Manager can't be
 * reached or throttles, {@code INTERNAL} when a retry won't help.
 */
public interface Agents {
    /** Whether the instance can be sent commands now. */
    boolean online(String instanceId);

    /** Cancels the commands that have not ended on an instance. */
    void cancelCommands(String instanceId);
}
