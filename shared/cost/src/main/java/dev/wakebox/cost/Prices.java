package dev.wakebox.cost;

import java.math.BigDecimal;
import java.util.Optional;

/** The prices of one region, in US dollars without discounts and taxes. Implementations are thread-safe. */
@FunctionalInterface
public interface Prices {
    /** The price; empty if there is none. */
    Optional<BigDecimal> of(PricedItem item);
}
