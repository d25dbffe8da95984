package dev.wakebox.compute.command;

import java.util.Optional;

/**
 * The shell commands that run on instances. Implementations are thread-safe.
 *
 * <p>Every method throws {@link dev.wakebox.runtime.WakeboxException}: {@code UNAVAILABLE} when Systems Manager can't be
 * reached, throttles or doesn't see the instance for the moment; {@code INTERNAL} when a retry won't help.
 */
public interface RemoteCommands {
    /** The command of this label that was already sent to the instance, if one was. */
    Optional<SentCommand> find(String instanceId, String label);

    /** Sends a script; it runs even if the same was sent before, so {@link #find} comes first. */
    SentCommand send(ShellScript script);

    /** How far the command is, or empty when Systems Manager doesn't know of it yet on that instance. */
    Optional<CommandResult> look(SentCommand command);

    /** Asks for the command to be cancelled; does nothing when it has ended. */
    void cancel(SentCommand command);
}
