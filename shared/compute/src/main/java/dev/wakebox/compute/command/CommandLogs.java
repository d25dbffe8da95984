package dev.wakebox.compute.command;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the output of a command goes: objects below a prefix, and streams of a log group. */
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

    /** What a client needs to find a command's output. */
    public Map<String, @Nullable Object> links(SentCommand command) {
        String stream = command.commandId() + "/" + command.instanceId() + "/aws-runShellScript/";
        var links = new LinkedHashMap<String, @Nullable Object>();
        links.put("bucket", bucket);
        links.put("stdout_key", folder(command) + "stdout");
        links.put("stderr_key", stderrKey(command));
        links.put("log_group", logGroup);
        links.put("stdout_stream", stream + "stdout");
        links.put("stderr_stream", stream + "stderr");
        return links;
    }

    private String folder(SentCommand command) {
        return prefix + "/" + command.commandId() + "/" + command.instanceId() + "/" + PLUGIN_FOLDER;
    }
}
