package dev.wakebox.runs;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * What a reader of a run's output has to know about the run.
 *
 * @param ended whether the run has ended, so that what is read afterwards is all
 * @param streams where the last attempt's commands write; empty before they are sent
 */
public record RunOutput(boolean ended, Optional<OutputStreams> streams) {
    public RunOutput {
        requireNonNull(streams, "streams is null");
    }
}
