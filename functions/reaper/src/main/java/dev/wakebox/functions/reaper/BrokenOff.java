package dev.wakebox.functions.reaper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.execution.RunOutcome;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.TraceContext;
import dev.wakebox.runtime.WakeboxException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * A run whose execution Step Functions ended before its last state could publish the outcome.
 *
 * @param execution its ARN
 * @param stoppedAt when Step Functions ended it
 * @param cause in a sentence
 * @param trace the place of the run in the trace of its caller, as the functions of the run find it
 * @param arrayIndex of a run that an array has started
 */
record BrokenOff(
        String execution,
        String name,
        Instant startedAt,
        Optional<Instant> stoppedAt,
        RunOutcome outcome,
        String cause,
        Optional<TraceContext> trace,
        Optional<Number> arrayIndex) {
    /** The outcome of an array, which no single run has. */
    private static final String RUNS_FAILED = "RUNS_FAILED";

    BrokenOff {
        requireNonNull(execution, "execution is null");
        requireNonNull(name, "name is null");
        requireNonNull(startedAt, "startedAt is null");
        requireNonNull(stoppedAt, "stoppedAt is null");
        requireNonNull(outcome, "outcome is null");
        requireNonNull(cause, "cause is null");
        requireNonNull(trace, "trace is null");
        requireNonNull(arrayIndex, "arrayIndex is null");
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

    /** When the run ended. */
    Instant endedAt(Instant otherwise) {
        return stoppedAt.orElse(otherwise);
    }

    private static BrokenOff of(JsonObject detail, RunOutcome outcome, String cause) {
        Number startDate = detail.number("startDate");
        Number stopDate = detail.number("stopDate");
        return new BrokenOff(
                detail.text("executionArn"),
                detail.text("name"),
                Instant.ofEpochMilli(startDate == null ? 0 : startDate.longValue()),
                Optional.ofNullable(stopDate).map(Number::longValue).map(Instant::ofEpochMilli),
                outcome,
                cause,
                trace(detail),
                arrayIndex(detail));
    }

    private static Optional<TraceContext> trace(JsonObject detail) {
        try {
            return input(detail).flatMap(input -> RunDocument.of(input).trace(detail.text("executionArn")));
        } catch (WakeboxException e) {
            return Optional.empty(); // no trace is worth the loss of the outcome
        }
    }

    private static Optional<Number> arrayIndex(JsonObject detail) {
        return input(detail)
                .flatMap(input -> Optional.ofNullable(
                        input.object("run_options").object("array").number("index")));
    }

    /** Empty for an input of more than 248 KiB, which Step Functions leaves out, and for one that is no JSON. */
    private static Optional<JsonObject> input(JsonObject detail) {
        try {
            return Optional.of(Json.object(detail.text("input").getBytes(UTF_8)));
        } catch (WakeboxException e) {
            return Optional.empty();
        }
    }

    private static String said(JsonObject detail) {
        String both = (detail.text("error") + " " + detail.text("cause")).strip();
        return both.isEmpty() ? "." : ": " + both;
    }

    private static boolean isOutcome(String error) {
        return error.equals(RUNS_FAILED)
                || Arrays.stream(RunOutcome.values()).map(RunOutcome::name).anyMatch(name -> name.equals(error));
    }
}
