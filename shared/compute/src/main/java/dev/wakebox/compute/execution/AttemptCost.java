package dev.wakebox.compute.execution;

import static java.util.Objects.requireNonNull;

import dev.wakebox.cost.HourlyPrice;
import dev.wakebox.runtime.JsonObject;
import java.math.BigDecimal;
import java.time.Duration;

/**
 * The cost of one attempt's instance and volumes.
 *
 * @param seconds from the launch until the request to end the instance
 * @param price of an hour
 * @param usd the amount
 */
public record AttemptCost(int attempt, long seconds, HourlyPrice price, BigDecimal usd) {
    private static final String ATTEMPT = "attempt";
    private static final String SECONDS = "seconds";
    private static final String USD_PER_HOUR = "usd_per_hour";
    private static final String USD = "usd";

    public AttemptCost {
        requireNonNull(price, "price is null");
        requireNonNull(usd, "usd is null");
    }

    static AttemptCost of(int attempt, Duration time, HourlyPrice price) {
        return new AttemptCost(attempt, Math.max(0, time.toSeconds()), price, price.cost(time));
    }

    static AttemptCost of(JsonObject json) {
        return new AttemptCost(
                RunState.count(json, ATTEMPT),
                RunState.count(json, SECONDS),
                RunPrices.price(json.object(USD_PER_HOUR)).orElseThrow(),
                RunPrices.usd(json, USD).orElse(BigDecimal.ZERO));
    }

    /** Whether all its prices are known. */
    boolean complete() {
        return price.complete();
    }

    JsonObject toJson() {
        return JsonObject.of(ATTEMPT, attempt)
                .with(SECONDS, seconds)
                .with(USD_PER_HOUR, RunPrices.json(price))
                .with(USD, usd);
    }
}
