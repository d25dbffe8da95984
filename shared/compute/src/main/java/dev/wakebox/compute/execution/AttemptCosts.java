package dev.wakebox.compute.execution;

import dev.wakebox.cost.HourlyPrice;
import dev.wakebox.runtime.JsonObject;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An estimate of the cost of a run's attempts, without discounts and taxes: {@code $.run.cost}, which EC2Stopper writes.
 *
 * @param attempts those that launched an instance and have ended, in order
 */
public record AttemptCosts(List<AttemptCost> attempts) {
    private static final String USD = "usd";
    private static final String COMPLETE = "complete";
    private static final String TEXT = "text";
    private static final String ATTEMPTS = "attempts";
    private static final int TEXT_DIGITS = 6;

    /** Before the first attempt has ended. */
    public static final AttemptCosts NONE = new AttemptCosts(List.of());

    public AttemptCosts {
        attempts = List.copyOf(attempts);
    }

    static AttemptCosts of(JsonObject json) {
        return new AttemptCosts(
                json.objects(ATTEMPTS).stream().map(AttemptCost::of).toList());
    }

    /** With the cost of the current attempt until a time; as before if its price or its launch is not recorded. */
    public AttemptCosts withAttempt(RunState state, Instant until) {
        Optional<LaunchProgress> launch = state.launch().filter(each -> each.attempt() == state.attempt());
        Optional<Instant> from = launch.flatMap(LaunchProgress::launchedAt);
        Optional<HourlyPrice> price = launch.flatMap(LaunchProgress::price);
        if (from.isEmpty() || price.isEmpty()) {
            return this;
        }
        var all = new ArrayList<>(attempts);
        all.removeIf(each -> each.attempt() == state.attempt());
        all.add(AttemptCost.of(state.attempt(), Duration.between(from.get(), until), price.get()));
        return new AttemptCosts(all);
    }

    /** The sum of the attempts before one. */
    BigDecimal before(int attempt) {
        return attempts.stream()
                .filter(each -> each.attempt() < attempt)
                .map(AttemptCost::usd)
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    /** The sum of all attempts, in US dollars. */
    public BigDecimal usd() {
        return before(Integer.MAX_VALUE);
    }

    /** Whether all prices are known. */
    public boolean complete() {
        return attempts.stream().allMatch(AttemptCost::complete);
    }

    /** The cost of an attempt; empty if it is not recorded. */
    public Optional<AttemptCost> of(int attempt) {
        return attempts.stream().filter(each -> each.attempt() == attempt).findFirst();
    }

    JsonObject toJson() {
        String amount = usd().setScale(TEXT_DIGITS, RoundingMode.HALF_UP).toPlainString();
        return JsonObject.of(USD, usd())
                .with(COMPLETE, complete())
                .with(
                        TEXT,
                        complete()
                                ? "It cost about " + amount + " USD."
                                : "It cost at least " + amount + " USD: not every price is known.")
                .with(ATTEMPTS, attempts.stream().map(AttemptCost::toJson).toList());
    }
}
