package dev.wakebox.functions.reaper;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.execution.Outcome;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A run whose execution Step Functions ended before its last state could tell the outcome.
 *
 * @param execution its ARN
 * @param cause in a sentence
 */
record BrokenOff(String execution, String name, Instant startedAt, Outcome outcome, String cause) {
    BrokenOff {
        requireNonNull(execution, "execution is null");
        requireNonNull(name, "name is null");
        requireNonNull(startedAt, "startedAt is null");
        requireNonNull(outcome, "outcome is null");
        requireNonNull(cause, "cause is null");
    }

    /**
     * Reads the detail of a Step Functions Execution Status Change; empty when the run went to its end, and told of it.
     *
     * @see <a href="https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html">The event</a>
     */
    static Optional<BrokenOff> of(Map<?, ?> detail) {
        String said = said(detail.get("error"), detail.get("cause"));
        return switch (String.valueOf(detail.get("status"))) {
            case "ABORTED" ->
                Optional.of(of(detail, Outcome.CANCELLED, "The execution was stopped from outside" + said));
            case "TIMED_OUT" ->
                Optional.of(
                        of(detail, Outcome.TIMED_OUT, "Step Functions ended the execution at its time limit" + said));
            case "FAILED" ->
                isOutcome(detail.get("error"))
                        ? Optional.empty()
                        : Optional.of(of(
                                detail,
                                Outcome.COMMAND_FAILED,
                                "Step Functions could not go on with the execution" + said));
            default -> Optional.empty();
        };
    }

    private static BrokenOff of(Map<?, ?> detail, Outcome outcome, String cause) {
        return new BrokenOff(
                String.valueOf(detail.get("executionArn")),
                String.valueOf(detail.get("name")),
                Instant.ofEpochMilli(detail.get("startDate") instanceof Number millis ? millis.longValue() : 0),
                outcome,
                cause);
    }

    private static String said(@Nullable Object error, @Nullable Object cause) {
        String both = (text(error) + " " + text(cause)).strip();
        return both.isEmpty() ? "." : ": " + both;
    }

    private static String text(@Nullable Object value) {
        return value instanceof String text ? text : "";
    }

    private static boolean isOutcome(@Nullable Object error) {
        return Arrays.stream(Outcome.values()).map(Outcome::name).anyMatch(name -> name.equals(error));
    }
}
