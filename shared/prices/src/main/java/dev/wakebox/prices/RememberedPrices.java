package dev.wakebox.prices;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import dev.wakebox.aws.AwsHttp;
import dev.wakebox.cost.PricedItem;
import dev.wakebox.cost.PricedItem.InstanceHour;
import dev.wakebox.cost.PricedItem.SpotInstanceHour;
import dev.wakebox.cost.PricedItem.VolumeMonth;
import dev.wakebox.cost.Prices;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.pricing.PricingClient;

/**
 * Remembers other {@link Prices}: those of the price list for a day, spot prices for an hour. Thread-safe.
 *
 * <p>Throws {@link dev.wakebox.runtime.WakeboxException}: {@code UNAVAILABLE} when AWS can't be reached or throttles, {@code
 * INTERNAL} when a retry won't help.
 */
public final class RememberedPrices implements Prices {
    private static final Duration OF_THE_LIST = Duration.ofDays(1);
    private static final Duration OF_SPOT = Duration.ofHours(1);

    private record Remembered(BigDecimal usd, Instant until) {}

    private final Prices prices;
    private final Clock clock;
    private final Map<PricedItem, Remembered> remembered = new ConcurrentHashMap<>();

    RememberedPrices(Prices prices, Clock clock) {
        this.prices = requireNonNull(prices, "prices is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** The prices of AWS in a region, with the credentials and endpoint of the environment. */
    public static RememberedPrices ofAws(String region, Clock clock) {
        Region here = Region.of(region);
        return new RememberedPrices(
                new AwsPrices(
                        PricingClient.builder()
                                .region(AwsPrices.regionOfPriceList(here))
                                .httpClient(AwsHttp.client())
                                .build(),
                        Ec2Client.builder().httpClient(AwsHttp.client()).build(),
                        here),
                clock);
    }

    @Override
    public Optional<BigDecimal> of(PricedItem item) {
        PricedItem key = item instanceof SpotInstanceHour(String type, String zone, Instant _)
                ? new SpotInstanceHour(type, zone, Instant.EPOCH)
                : item;
        Instant now = clock.instant();
        Remembered known = remembered.get(key);
        if (known != null && now.isBefore(known.until())) {
            return Optional.of(known.usd());
        }
        Optional<BigDecimal> price = AwsErrors.translated("look up the price of " + name(item), () -> prices.of(item));
        price.ifPresent(usd -> remembered.put(
                key, new Remembered(usd, now.plus(item instanceof SpotInstanceHour ? OF_SPOT : OF_THE_LIST))));
        return price;
    }

    private static String name(PricedItem item) {
        return switch (item) {
            case InstanceHour hour -> hour.instanceType() + " on-demand";
            case SpotInstanceHour hour -> hour.instanceType() + " spot";
            case VolumeMonth month -> month.volumeType() + " volumes";
            default -> item.toString();
        };
    }
}
