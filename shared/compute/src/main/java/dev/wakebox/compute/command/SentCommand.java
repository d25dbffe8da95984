package dev.wakebox.compute.command;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/** A command that Systems Manager has accepted for an instance. */
public record SentCommand(String commandId, String instanceId, Instant sentAt) {
    public SentCommand {
        requireNonNull(commandId, "commandId is null");
        requireNonNull(instanceId, "instanceId is null");
        requireNonNull(sentAt, "sentAt is null");
    }
}
