package dev.wakebox.compute.execution;

import static java.util.Objects.requireNonNull;

import dev.wakebox.cost.HourlyPrice;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When an attempt is given up: at the end of {@code timeout_s}, or earlier, when what it costs reaches {@code max_cost}. Pure.
 *
 * @param outcome of a run that reaches it
 * @param over a clause for the cause, such as {@code timeout_s (3600 s since t0) was over}
 */
public record Deadline(Instant at, RunOutcome outcome, String over) {
    /** How long it takes from a deadline until EC2 stops counting. */
    private static final Duration ENDING = Duration.ofSeconds(10);

    public Deadline {
        requireNonNull(at, "at is null");
        requireNonNull(outcome, "outcome is null");
        requireNonNull(over, "over is null");
    }

    /** The deadline of the current attempt, as far as the state knows its price. */
    public static Deadline of(Execution execution, RunState state) {
        Duration timeout = execution.options().timeout();
        Instant timedOut = execution.run().t0().plus(timeout);
        return state.launch()
                .filter(launch -> launch.attempt() == state.attempt())
                .flatMap(launch -> launch.launchedAt().flatMap(from -> launch.price()
                        .flatMap(price -> left(execution, state).map(usd -> from.plus(lasts(usd, price))))))
                .filter(costly -> costly.isBefore(timedOut))
                .map(costly -> new Deadline(costly, RunOutcome.COST_LIMIT, maxCost(execution) + " was used up"))
                .orElseGet(() -> new Deadline(
                        timedOut, RunOutcome.TIMED_OUT, "timeout_s (" + timeout.toSeconds() + " s since t0) was over"));
    }

    /** What is left of {@code max_cost} for the current attempt; empty if the run has no such limit. */
    public static Optional<BigDecimal> left(Execution execution, RunState state) {
        return execution
                .options()
                .maxCost()
                .map(most ->
                        most.subtract(state.cost().orElse(AttemptCosts.NONE).before(state.attempt())));
    }

    /** How long an instance with its volumes may be used for an amount, so that it has ended when that is reached. */
    public static Duration lasts(BigDecimal usd, HourlyPrice price) {
        Duration time = price.lasts(usd).minus(ENDING);
        return time.isNegative() ? Duration.ZERO : time;
    }

    /** The option for a cause, such as {@code max_cost (0.5 USD)}. */
    public static String maxCost(Execution execution) {
        return "max_cost ("
                + execution
                        .options()
                        .maxCost()
                        .map(most -> most.stripTrailingZeros().toPlainString())
                        .orElse("")
                + " USD)";
    }

    /** Whether it has come. */
    public boolean isOver(Instant now) {
        return !now.isBefore(at);
    }
}
