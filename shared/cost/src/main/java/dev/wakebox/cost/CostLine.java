package dev.wakebox.cost;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.SnakeCase;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * One item of a run's cost.
 *
 * @param attempt the number of the attempt, from 0; empty for an item of the whole run
 * @param item such as {@code t4g.small on-demand}
 * @param quantity in {@code unit}
 * @param unit such as {@code hour}
 * @param unitPrice in US dollars; empty if it is unknown
 * @param amount in US dollars, rounded to nano-dollars; empty if it is unknown
 * @param note why the amount is an estimate, or why it is unknown
 */
@SnakeCase
public record CostLine(
        Optional<Integer> attempt,
        String item,
        BigDecimal quantity,
        String unit,
        Optional<BigDecimal> unitPrice,
        Optional<BigDecimal> amount,
        String note) {
    public CostLine {
        requireNonNull(attempt, "attempt is null");
        requireNonNull(item, "item is null");
        requireNonNull(quantity, "quantity is null");
        requireNonNull(unit, "unit is null");
        requireNonNull(unitPrice, "unitPrice is null");
        requireNonNull(amount, "amount is null");
        requireNonNull(note, "note is null");
    }
}
