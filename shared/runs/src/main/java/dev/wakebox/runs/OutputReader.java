package dev.wakebox.runs;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runs.OutputPosition.InStream;
import dev.wakebox.runtime.WakeboxException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.GetLogEventsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.InvalidParameterException;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceNotFoundException;

/**
 * Reads what the commands of a run write to CloudWatch Logs, from any position on: no line is read twice. Systems Manager's agent
 * writes there while the commands run, a few seconds late. Thread-safe.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html">GetLogEvents</a>
 */
public final class OutputReader {
    private final CloudWatchLogsClient logs;

    public OutputReader(CloudWatchLogsClient logs) {
        this.logs = requireNonNull(logs, "logs is null");
    }

    /**
     * Reads the lines after a position, at most 1 MB of each stream. Each attempt has streams of its own: after a position in
     * those of another attempt, these are read from their beginning. The streams of a run of more than 48 hours are read one after the other. A stream that doesn't exist yet has no lines.
     *
     * @param after {@link OutputPage#next} of an earlier page; empty for the beginning
     * @throws WakeboxException {@code INVALID_REQUEST} with the field {@code after} if that is no position
     */
    public OutputPage read(OutputStreams streams, Optional<String> after) {
        List<OutputStreams> parts = streams.parts();
        Optional<OutputPosition> position = after.map(OutputPosition::of);
        int part = position.map(given -> part(parts, given))
                .filter(found -> found >= 0)
                .orElse(0);
        OutputStreams read = parts.get(part);
        OutputPosition from = position.filter(given -> given.attempt().equals(read.stdoutStream()))
                .orElseGet(() -> OutputPosition.start(read));
        OutputPage page = read(read, from);
        return page.end() && part + 1 < parts.size()
                ? new OutputPage(
                        page.lines(), OutputPosition.start(parts.get(part + 1)).text(), false)
                : page;
    }

    private static int part(List<OutputStreams> parts, OutputPosition position) {
        return parts.stream().map(OutputStreams::stdoutStream).toList().indexOf(position.attempt());
    }

    private OutputPage read(OutputStreams streams, OutputPosition from) {
        var lines = new ArrayList<OutputLine>();
        InStream stdout = read("stdout", streams.logGroup(), streams.stdoutStream(), from.stdout(), lines);
        InStream stderr = read("stderr", streams.logGroup(), streams.stderrStream(), from.stderr(), lines);
        lines.sort(Comparator.comparing(OutputLine::time));
        var next = new OutputPosition(streams.stdoutStream(), stdout, stderr);
        return new OutputPage(lines, next.text(), next.equals(from));
    }

    /** Adds a page of a stream to the lines. At the end of the stream, CloudWatch Logs returns the token that it was given. */
    private InStream read(String name, String group, String stream, InStream from, List<OutputLine> lines) {
        GetLogEventsResponse page;
        try {
            page = page(group, stream, from);
        } catch (ResourceNotFoundException e) {
            return from;
        }
        page.events()
                .forEach(event ->
                        lines.add(new OutputLine(Instant.ofEpochMilli(event.timestamp()), name, event.message())));
        long last =
                page.events().isEmpty() ? from.last() : page.events().getLast().timestamp();
        return new InStream(page.nextForwardToken(), last);
    }

    private GetLogEventsResponse page(String group, String stream, InStream from) {
        try {
            return logs.getLogEvents(request -> request.logGroupName(group)
                    .logStreamName(stream)
                    .startFromHead(true)
                    .nextToken(from.token()));
        } catch (InvalidParameterException e) {
            if (from.token() == null) {
                throw e;
            }
            // The token is older than 24 hours, for example because nothing has been written since.
            return logs.getLogEvents(request -> request.logGroupName(group)
                    .logStreamName(stream)
                    .startFromHead(true)
                    .startTime(from.last() + 1));
        }
    }
}
