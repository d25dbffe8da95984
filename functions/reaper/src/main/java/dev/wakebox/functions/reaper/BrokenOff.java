package dev.wakebox.functions.reaper;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.execution.RunOutcome;
import dev.wakebox.runtime.JsonObject;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * A run whose execution Step Functions ended before its last state could publish the outcome.
 *
 * @param execution its ARN
 * @param cause in a sentence
 */
record BrokenOff(String execution, String name, Instant startedAt, RunOutcome outcome, String cause) {
    BrokenOff {
        requireNonNull(execution, "execution is null");
        requireNonNull(name, "name is null");
        requireNonNull(startedAt, "startedAt is null");
        requireNonNull(outcome, "outcome is null");
        requireNonNull(cause, "cause is null");
    }

    /**
     * Reads the detail of a Step Functions Execution Status Change; empty when the execution reached its last state,
     * which published the outcome.
     *
     * @see <a href="https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html">The event</a>
     */
    static Optional<BrokenOff> of(JsonObject detail) {
        String said = said(detail);
        return switch (detail.text("status")) {
            case "ABORTED" ->
                Optional.of(of(detail, RunOutcome.CANCELLED, "The execution was stopped from outside" + said));
            case "TIMED_OUT" ->
                Optional.of(of(
                        detail, RunOutcome.TIMED_OUT, "Step Functions ended the execution at its time limit" + said));
            case "FAILED" ->
                isOutcome(detail.text("error"))
                        ? Optional.empty()
                        : Optional.of(of(
                                detail,
                                RunOutcome.COMMAND_FAILED,
                                "Step Functions could not continue the execution" + said));
            default -> Optional.empty();
        };
    }

    private static BrokenOff of(JsonObject detail, RunOutcome outcome, String cause) {
        Number startDate = detail.number("startDate");
        return new BrokenOff(
                detail.text("executionArn"),
                detail.text("name"),
                Instant.ofEpochMilli(startDate == null ? 0 : startDate.longValue()),
                outcome,
                cause);
    }

    private static String said(JsonObject detail) {
        String both = (detail.text("error") + " " + detail.text("cause")).strip();
        return both.isEmpty() ? "." : ": " + both;
    }

    private static boolean isOutcome(String error) {
        return Arrays.stream(RunOutcome.values()).map(RunOutcome::name).anyMatch(name -> name.equals(error));
    }
}
