package dev.wakebox.compute.command;

import java.util.Optional;

/**
 * Shell commands on instances. Implementations are thread-safe.
 *
 * <p>Every method throws {@link dev.wakebox.runtime.WakeboxException}: {@code UNAVAILABLE} when Systems Manager can't
 * be reached, throttles or temporarily doesn't see the instance; {@code INTERNAL} when a retry won't help.
 */
public interface RemoteCommands {
    /** The command with this label that was already sent to the instance, if any. */
    Optional<SentCommand> find(String instanceId, String label);

    /**
     * Sends a script. It runs again if the same script was sent before, so call {@link #find} first.
     *
     * @return empty when the instance's agent does not answer Systems Manager: nothing was sent
     */
    Optional<SentCommand> send(ShellScript script);

    /** The state of the command; empty while Systems Manager doesn't know it on that instance. */
    Optional<CommandResult> poll(SentCommand command);

    /** Requests the cancellation of the command. Does nothing when it has ended. */
    void cancel(SentCommand command);
}
