package dev.wakebox.compute.command;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.JsonObject;

/** The places of a command's output, for a client that reads it. A link that is not in the JSON is empty. */
public record LogLinks(
        String bucket, String stdoutKey, String stderrKey, String logGroup, String stdoutStream, String stderrStream) {
    private static final String BUCKET = "bucket";
    private static final String STDOUT_KEY = "stdout_key";
    private static final String STDERR_KEY = "stderr_key";
    private static final String LOG_GROUP = "log_group";
    private static final String STDOUT_STREAM = "stdout_stream";
    private static final String STDERR_STREAM = "stderr_stream";

    public LogLinks {
        requireNonNull(bucket, "bucket is null");
        requireNonNull(stdoutKey, "stdoutKey is null");
        requireNonNull(stderrKey, "stderrKey is null");
        requireNonNull(logGroup, "logGroup is null");
        requireNonNull(stdoutStream, "stdoutStream is null");
        requireNonNull(stderrStream, "stderrStream is null");
    }

    public static LogLinks of(JsonObject json) {
        return new LogLinks(
                json.text(BUCKET),
                json.text(STDOUT_KEY),
                json.text(STDERR_KEY),
                json.text(LOG_GROUP),
                json.text(STDOUT_STREAM),
                json.text(STDERR_STREAM));
    }

    public JsonObject toJson() {
        return JsonObject.of(BUCKET, bucket)
                .with(STDOUT_KEY, stdoutKey)
                .with(STDERR_KEY, stderrKey)
                .with(LOG_GROUP, logGroup)
                .with(STDOUT_STREAM, stdoutStream)
                .with(STDERR_STREAM, stderrStream);
    }
}
