package dev.wakebox.runs;

import static java.util.Objects.requireNonNull;

import dev.wakebox.cost.HourlyPrice;
import dev.wakebox.runtime.SnakeCase;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Everything about one run.
 *
 * @param status Step Functions' status of the execution, such as {@code RUNNING}, or {@code QUEUED} for a running one that waits for a
 *     slot or a quota before its launch
 * @param waitingFor what a queued run waits for, in a clause; otherwise empty
 * @param place in the queue for a slot, 1 for the next run; empty for a run that doesn't wait for one
 * @param owner the user of the API who submitted the run; empty for a run that was submitted with AWS credentials
 * @param outcome such as {@code SUCCEEDED} or {@code TIMED_OUT}; empty while the run is running
 * @param cause the reason for the outcome, in a sentence
 * @param attempt the number of the last attempt, from 0
 * @param instanceId of the last attempt; empty before the launch
 * @param commandId of the last attempt in Systems Manager; empty before its commands are sent
 * @param output where the last attempt's commands write; empty before they are sent
 * @param cost of the attempts that have ended; empty unless the run has {@code max_cost} or the stack {@code RunCost}
 * @param usdPerHour the price of the last attempt's instance and volumes; empty before the launch, and as {@code cost} is
 * @param traceparent the place of the run in the trace of its caller; empty if it is in none
 * @param keptUntil until when the instance of a failed run stays for a look; empty if none does
 * @param array the name of the array that the run belongs to; empty for a single run
 * @param execution the ARN
 */
@SnakeCase
public record RunReport(
        String name,
        String status,
        Optional<String> waitingFor,
        Optional<Integer> place,
        Optional<String> owner,
        Optional<String> outcome,
        Optional<String> cause,
        Instant startedAt,
        Optional<Instant> endedAt,
        int attempt,
        Optional<String> instanceId,
        Optional<String> commandId,
        Optional<OutputStreams> output,
        List<RunStep> steps,
        List<EarlierAttempt> earlierAttempts,
        Optional<EstimatedCost> cost,
        Optional<HourlyPrice> usdPerHour,
        Optional<Instant> keptUntil,
        Optional<String> traceparent,
        Optional<String> array,
        String execution) {
    public RunReport {
        requireNonNull(name, "name is null");
        requireNonNull(status, "status is null");
        requireNonNull(startedAt, "startedAt is null");
        requireNonNull(execution, "execution is null");
        steps = List.copyOf(steps);
        earlierAttempts = List.copyOf(earlierAttempts);
    }

    /** Whether the run has ended, in whatever way. */
    public boolean ended() {
        return outcome.isPresent();
    }

    /** The instance to open a shell on: that of a running run, or one that stays after a failure. */
    public Optional<String> reachableInstance(Instant now) {
        boolean stays = keptUntil.filter(now::isBefore).isPresent();
        return ended() && !stays ? Optional.empty() : instanceId;
    }

    /** Whether the run has ended and its job succeeded. */
    public boolean succeeded() {
        return outcome.filter("SUCCEEDED"::equals).isPresent();
    }
}
