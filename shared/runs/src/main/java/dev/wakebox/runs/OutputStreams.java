package dev.wakebox.runs;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.runtime.SnakeCase;
import java.util.Optional;

/** The streams of CloudWatch Logs with the output of one attempt's commands. */
@SnakeCase
public record OutputStreams(String logGroup, String stdoutStream, String stderrStream) {
    public OutputStreams {
        requireNonNull(logGroup, "logGroup is null");
        requireNonNull(stdoutStream, "stdoutStream is null");
        requireNonNull(stderrStream, "stderrStream is null");
    }

    /** Where the last attempt's commands write; empty before they are sent. */
    public static Optional<OutputStreams> of(RunDocument document) {
        return document.state()
                .logs()
                .map(logs -> new OutputStreams(logs.logGroup(), logs.stdoutStream(), logs.stderrStream()));
    }
}
