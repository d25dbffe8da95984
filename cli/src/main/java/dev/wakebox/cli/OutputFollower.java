package dev.wakebox.cli;

import dev.wakebox.runs.OutputLine;
import dev.wakebox.runs.OutputPage;
import dev.wakebox.runs.OutputReader;
import dev.wakebox.runs.OutputStreams;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;

/** Passes on each line of a run's output once, as it is written. Not thread-safe. */
final class OutputFollower {
    private final OutputReader output;
    private Optional<String> position = Optional.empty();

    OutputFollower(CloudWatchLogsClient logs) {
        this.output = new OutputReader(logs);
    }

    /** Passes on all lines since the last call; whether there were any. */
    boolean readAll(OutputStreams streams, Consumer<OutputLine> action) {
        boolean any = false;
        OutputPage page;
        do {
            page = output.read(streams, position);
            page.lines().forEach(action);
            any |= !page.lines().isEmpty();
            position = Optional.of(page.next());
        } while (!page.end());
        return any;
    }
}
