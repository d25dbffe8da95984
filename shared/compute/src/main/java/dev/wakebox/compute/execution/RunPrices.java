package dev.wakebox.compute.execution;

import dev.wakebox.cost.HourlyPrice;
import dev.wakebox.runtime.JsonObject;
import java.math.BigDecimal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads and writes amounts in US dollars in the state of a run. */
final class RunPrices {
    private static final String INSTANCE = "instance";
    private static final String VOLUMES = "volumes";

    private RunPrices() {}

    /** The price that {@link #json} wrote; empty without an object. */
    static Optional<HourlyPrice> price(@Nullable Object json) {
        return JsonObject.from(json).map(price -> new HourlyPrice(usd(price, INSTANCE), usd(price, VOLUMES)));
    }

    static JsonObject json(HourlyPrice price) {
        return JsonObject.of().withPresent(INSTANCE, price.instance()).withPresent(VOLUMES, price.volumes());
    }

    /** The amount; empty if there is none. */
    static Optional<BigDecimal> usd(JsonObject json, String key) {
        Number number = json.number(key);
        return number == null ? Optional.empty() : Optional.of(new BigDecimal(number.toString()));
    }
}
