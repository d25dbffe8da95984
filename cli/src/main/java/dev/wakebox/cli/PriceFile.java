package dev.wakebox.cli;

import dev.wakebox.cost.PricedItem;
import dev.wakebox.cost.PricedItem.InstanceHour;
import dev.wakebox.cost.PricedItem.LambdaGbSecond;
import dev.wakebox.cost.PricedItem.LambdaRequest;
import dev.wakebox.cost.PricedItem.SpotInstanceHour;
import dev.wakebox.cost.PricedItem.StateTransition;
import dev.wakebox.cost.PricedItem.VolumeMonth;
import dev.wakebox.cost.Prices;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** The prices of a user's JSON file, in US dollars; docs/cli.md describes its format. Thread-safe. */
final class PriceFile implements Prices {
    private static final int MOST_BYTES = 1_000_000;
    private static final String INSTANCE_HOUR = "instance_hour";
    private static final String SPOT_INSTANCE_HOUR = "spot_instance_hour";
    private static final String VOLUME_GIB_MONTH = "volume_gib_month";
    private static final String LAMBDA_GB_SECOND = "lambda_gb_second";
    private static final String LAMBDA_REQUEST = "lambda_request";
    private static final String STATE_TRANSITION = "state_transition";

    /** The fields with a price for each name. */
    private static final Set<String> BY_NAME =
            Set.of(INSTANCE_HOUR, SPOT_INSTANCE_HOUR, VOLUME_GIB_MONTH, LAMBDA_GB_SECOND, LAMBDA_REQUEST);

    private final JsonObject prices;

    private PriceFile(JsonObject prices) {
        this.prices = prices;
    }

    /**
     * Reads and checks a file.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} with the file and the field
     */
    static PriceFile read(Path file) throws IOException {
        JsonObject json = Json.object(JsonFile.read(file, MOST_BYTES));
        for (String field : json.keySet()) {
            if (BY_NAME.contains(field) && json.hasObject(field)) {
                JsonObject named = json.object(field);
                named.keySet().forEach(name -> price(named, name, file + ": " + field + "." + name));
            } else if (field.equals(STATE_TRANSITION)) {
                price(json, field, file + ": " + field);
            } else {
                throw new WakeboxException(
                        ErrorCode.INVALID_REQUEST,
                        file + ": \"" + field + "\" is no price. A price file has objects named "
                                + String.join(", ", BY_NAME.stream().sorted().toList()) + " and a number "
                                + STATE_TRANSITION + ".");
            }
        }
        return new PriceFile(json);
    }

    @Override
    public Optional<BigDecimal> of(PricedItem item) {
        return switch (item) {
            case InstanceHour hour -> price(INSTANCE_HOUR, hour.instanceType());
            case SpotInstanceHour hour -> price(SPOT_INSTANCE_HOUR, hour.instanceType());
            case VolumeMonth month -> price(VOLUME_GIB_MONTH, month.volumeType());
            case LambdaGbSecond second -> price(LAMBDA_GB_SECOND, second.architecture());
            case LambdaRequest request -> price(LAMBDA_REQUEST, request.architecture());
            case StateTransition _ -> price(prices, STATE_TRANSITION, STATE_TRANSITION);
        };
    }

    private Optional<BigDecimal> price(String field, String name) {
        return price(prices.object(field), name, field);
    }

    private static Optional<BigDecimal> price(JsonObject json, String name, String where) {
        if (!json.containsKey(name)) {
            return Optional.empty();
        }
        try {
            var price = new BigDecimal(json.asText(name));
            if (price.signum() >= 0) {
                return Optional.of(price);
            }
        } catch (NumberFormatException e) {
            // refused below
        }
        throw new WakeboxException(
                ErrorCode.INVALID_REQUEST,
                where + " must be a price in US dollars, 0 or more, is \"" + json.asText(name) + "\".");
    }
}
