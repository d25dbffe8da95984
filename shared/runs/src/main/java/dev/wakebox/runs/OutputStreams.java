package dev.wakebox.runs;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.command.LogLinks;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.runtime.SnakeCase;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The streams of CloudWatch Logs with the output of one attempt's commands.
 *
 * @param earlier the streams, the first ones first, whose output these continue: one pair for every two days that the commands have run
 */
@SnakeCase
public record OutputStreams(String logGroup, String stdoutStream, String stderrStream, List<OutputStreams> earlier) {
    public OutputStreams {
        requireNonNull(logGroup, "logGroup is null");
        requireNonNull(stdoutStream, "stdoutStream is null");
        requireNonNull(stderrStream, "stderrStream is null");
        earlier = List.copyOf(earlier);
    }

    /** Streams that have the whole output. */
    public OutputStreams(String logGroup, String stdoutStream, String stderrStream) {
        this(logGroup, stdoutStream, stderrStream, List.of());
    }

    /** Where the last attempt's commands write; empty before they are sent. */
    public static Optional<OutputStreams> of(RunDocument document) {
        return document.state().logs().map(logs -> {
            List<OutputStreams> parts =
                    logs.parts().stream().map(OutputStreams::of).toList();
            return new OutputStreams(
                    logs.logGroup(), logs.stdoutStream(), logs.stderrStream(), parts.subList(0, parts.size() - 1));
        });
    }

    /** The streams in the order of their lines; these are the last. */
    List<OutputStreams> parts() {
        return Stream.concat(earlier.stream(), Stream.of(this)).toList();
    }

    private static OutputStreams of(LogLinks logs) {
        return new OutputStreams(logs.logGroup(), logs.stdoutStream(), logs.stderrStream());
    }
}
