package dev.wakebox.compute.command;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A script for one instance.
 *
 * @param label the name that {@link RemoteCommands#find} searches for, at most 100 characters
 * @param lines of the script, for {@code sh}
 * @param timeLimit after which it is killed
 * @param logs the destination of the whole output, or null: Systems Manager then keeps only its beginning
 */
public record ShellScript(
        String instanceId,
        String label,
        List<String> lines,
        Duration timeLimit,
        @Nullable CommandLogs logs) {
    public ShellScript {
        requireNonNull(instanceId, "instanceId is null");
        requireNonNull(label, "label is null");
        lines = List.copyOf(lines);
        requireNonNull(timeLimit, "timeLimit is null");
    }
}
