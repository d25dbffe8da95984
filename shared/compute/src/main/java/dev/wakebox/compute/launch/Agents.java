package dev.wakebox.compute.launch;

import java.time.Instant;
import java.util.Optional;

/**
 * The Systems Manager agents on instances. Implementations are thread-safe.
 *
 * <p>Every method throws {@link dev.wakebox.runtime.WakeboxException}: {@code UNAVAILABLE} when Systems Manager can't
 * be reached or throttles, {@code INTERNAL} when a retry won't help.
 */
public interface Agents {
    /** Whether the instance can receive commands now. */
    boolean online(String instanceId);

    /**
     * The time of the agent's last report, if Systems Manager has lost the connection; empty when the agent is online
     * or has never reported.
     */
    Optional<Instant> lostSince(String instanceId);

    /** Cancels the commands of an instance that have not ended. */
    void cancelCommands(String instanceId);
}
