package dev.wakebox.compute.command;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;

/**
 * A script for one instance.
 *
 * @param label by which {@link RemoteCommands#find} finds it again, at most 100 characters
 * @param lines of the script, for {@code sh}
 * @param timeLimit after which it is killed
 */
public record ShellScript(String instanceId, String label, List<String> lines, Duration timeLimit, CommandLogs logs) {
    public ShellScript {
        requireNonNull(instanceId, "instanceId is null");
        requireNonNull(label, "label is null");
        lines = List.copyOf(lines);
        requireNonNull(timeLimit, "timeLimit is null");
        requireNonNull(logs, "logs is null");
    }
}
