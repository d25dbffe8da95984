package dev.wakebox.runs;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.SnakeCase;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Everything about one array.
 *
 * @param status Step Functions' status of the array's execution
 * @param outcome {@code SUCCEEDED}, {@code RUNS_FAILED}, {@code LAUNCH_FAILED} or {@code CANCELLED}; empty while it is running
 * @param cause the reason for the outcome, in a sentence
 * @param size the number of runs that the array is to start; 0 before a list is read
 * @param pending runs that have not started
 * @param failedRuns their names, by index
 * @param remaining the indexes of the runs that have not succeeded, such as {@code 3,17,40-52}; empty if all have
 * @param execution the ARN
 */
@SnakeCase
public record ArrayReport(
        String name,
        String status,
        Optional<String> outcome,
        Optional<String> cause,
        Instant startedAt,
        Optional<Instant> endedAt,
        int size,
        int succeeded,
        int failed,
        int running,
        int pending,
        List<String> failedRuns,
        String remaining,
        String execution) {
    public ArrayReport {
        requireNonNull(name, "name is null");
        requireNonNull(execution, "execution is null");
        failedRuns = List.copyOf(failedRuns);
    }

    public boolean ended() {
        return outcome.isPresent();
    }

    public boolean hasSucceeded() {
        return outcome.filter("SUCCEEDED"::equals).isPresent();
    }
}
