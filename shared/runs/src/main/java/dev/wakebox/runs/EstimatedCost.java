package dev.wakebox.runs;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.execution.AttemptCosts;
import java.math.BigDecimal;

/**
 * What the attempts of a run that have ended cost, without discounts and taxes.
 *
 * @param usd US dollars
 * @param complete whether all prices are known; otherwise it cost more
 */
public record EstimatedCost(BigDecimal usd, boolean complete) {
    public EstimatedCost {
        requireNonNull(usd, "usd is null");
    }

    static EstimatedCost of(AttemptCosts costs) {
        return new EstimatedCost(costs.usd(), costs.complete());
    }
}
