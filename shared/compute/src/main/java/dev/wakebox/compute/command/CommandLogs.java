package dev.wakebox.compute.command;

import static java.util.Objects.requireNonNull;

import java.util.List;

/** The destination of a command's output: objects below a prefix, and streams of a log group. */
public record CommandLogs(String bucket, String prefix, String logGroup) {
    private static final String PLUGIN_FOLDER = "awsrunShellScript/0.awsrunShellScript/";

    public CommandLogs {
        requireNonNull(bucket, "bucket is null");
        requireNonNull(prefix, "prefix is null");
        requireNonNull(logGroup, "logGroup is null");
    }

    /** The key of the object with a command's standard error. */
    public String stderrKey(SentCommand command) {
        return folder(command) + "stderr";
    }

    /** The places of a command's output. */
    public LogLinks links(SentCommand command) {
        String stream = command.commandId() + "/" + command.instanceId() + "/aws-runShellScript/";
        return new LogLinks(
                bucket,
                folder(command) + "stdout",
                stderrKey(command),
                logGroup,
                stream + "stdout",
                stream + "stderr",
                List.of());
    }

    private String folder(SentCommand command) {
        return prefix + "/" + command.commandId() + "/" + command.instanceId() + "/" + PLUGIN_FOLDER;
    }
}
