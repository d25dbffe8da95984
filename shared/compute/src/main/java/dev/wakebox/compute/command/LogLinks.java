package dev.wakebox.compute.command;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.JsonObject;
import java.util.List;
import java.util.stream.Stream;

/**
 * The places of a command's output, for a client that reads it. A link that is not in the JSON is empty.
 *
 * @param earlierCommands the ids of the commands, the first one first, whose output this one's continues; empty for a run of up to 48 hours
 */
public record LogLinks(
        String bucket,
        String stdoutKey,
        String stderrKey,
        String logGroup,
        String stdoutStream,
        String stderrStream,
        List<String> earlierCommands) {
    private static final String BUCKET = "bucket";
    private static final String STDOUT_KEY = "stdout_key";
    private static final String STDERR_KEY = "stderr_key";
    private static final String LOG_GROUP = "log_group";
    private static final String STDOUT_STREAM = "stdout_stream";
    private static final String STDERR_STREAM = "stderr_stream";
    private static final String EARLIER = "earlier_command_ids";

    public LogLinks {
        requireNonNull(bucket, "bucket is null");
        requireNonNull(stdoutKey, "stdoutKey is null");
        requireNonNull(stderrKey, "stderrKey is null");
        requireNonNull(logGroup, "logGroup is null");
        requireNonNull(stdoutStream, "stdoutStream is null");
        requireNonNull(stderrStream, "stderrStream is null");
        earlierCommands = List.copyOf(earlierCommands);
    }

    public static LogLinks of(JsonObject json) {
        return new LogLinks(
                json.text(BUCKET),
                json.text(STDOUT_KEY),
                json.text(STDERR_KEY),
                json.text(LOG_GROUP),
                json.text(STDOUT_STREAM),
                json.text(STDERR_STREAM),
                json.texts(EARLIER));
    }

    /** These links as the continuation of those of an earlier command. */
    public LogLinks after(LogLinks earlier) {
        return new LogLinks(
                bucket,
                stdoutKey,
                stderrKey,
                logGroup,
                stdoutStream,
                stderrStream,
                Stream.concat(earlier.earlierCommands.stream(), Stream.of(earlier.command()))
                        .toList());
    }

    /** The links of each command that has a part of the output, in order; these are the last. */
    public List<LogLinks> parts() {
        return command().isEmpty()
                ? List.of(this)
                : Stream.concat(earlierCommands.stream().map(this::ofCommand), Stream.of(this))
                        .toList();
    }

    private LogLinks ofCommand(String id) {
        String mine = command();
        return new LogLinks(
                bucket,
                stdoutKey.replace(mine, id),
                stderrKey.replace(mine, id),
                logGroup,
                stdoutStream.replace(mine, id),
                stderrStream.replace(mine, id),
                List.of());
    }

    /** The command's id, with which its streams begin; empty if the links are not those of a command. */
    private String command() {
        return stdoutStream.substring(0, Math.max(0, stdoutStream.indexOf('/')));
    }

    public JsonObject toJson() {
        JsonObject json = JsonObject.of(BUCKET, bucket)
                .with(STDOUT_KEY, stdoutKey)
                .with(STDERR_KEY, stderrKey)
                .with(LOG_GROUP, logGroup)
                .with(STDOUT_STREAM, stdoutStream)
                .with(STDERR_STREAM, stderrStream);
        return earlierCommands.isEmpty() ? json : json.with(EARLIER, earlierCommands);
    }
}
