package dev.wakebox.cost;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The price of an hour of an instance with its volumes, in US dollars. An unknown part counts as nothing.
 *
 * @param instance empty if it is unknown
 * @param volumes of all of them; empty while it is unknown
 */
public record HourlyPrice(Optional<BigDecimal> instance, Optional<BigDecimal> volumes) {
    private static final int NANO_DOLLARS = 9;
    private static final long SHORTEST_INSTANCE_S = 60;
    private static final BigDecimal SECONDS_PER_HOUR = BigDecimal.valueOf(3600);

    /** AWS's price lists are made for months of 730 hours. */
    private static final BigDecimal HOURS_PER_MONTH = BigDecimal.valueOf(730);

    /** Longer than any run. */
    private static final Duration FOREVER = Duration.ofDays(3660);

    public HourlyPrice {
        requireNonNull(instance, "instance is null");
        requireNonNull(volumes, "volumes is null");
    }

    /** The price of an hour of volumes; empty if that of one of them is unknown. */
    public static Optional<BigDecimal> ofVolumes(List<VolumeUsage> volumes, Prices prices) {
        BigDecimal month = BigDecimal.ZERO;
        for (VolumeUsage volume : volumes) {
            var price = prices.of(new PricedItem.VolumeMonth(volume.type()));
            if (price.isEmpty()) {
                return Optional.empty();
            }
            month = month.add(price.get().multiply(BigDecimal.valueOf(volume.gib())));
        }
        return Optional.of(month.divide(HOURS_PER_MONTH, NANO_DOLLARS, RoundingMode.HALF_UP));
    }

    /** Whether both parts are known. */
    public boolean complete() {
        return instance.isPresent() && volumes.isPresent();
    }

    /** The cost of a time: EC2 counts whole seconds, and at least a minute of an instance. */
    public BigDecimal cost(Duration time) {
        long seconds = seconds(time);
        return times(instance, Math.max(seconds, SHORTEST_INSTANCE_S)).add(times(volumes, seconds));
    }

    /** How long instance and volumes can be used for an amount, in whole seconds. */
    public Duration lasts(BigDecimal usd) {
        BigDecimal hour = instance.orElse(BigDecimal.ZERO).add(volumes.orElse(BigDecimal.ZERO));
        if (usd.signum() <= 0) {
            return Duration.ZERO;
        }
        if (hour.signum() == 0) {
            return FOREVER;
        }
        BigDecimal seconds = usd.multiply(SECONDS_PER_HOUR).divide(hour, 0, RoundingMode.DOWN);
        return Duration.ofSeconds(
                seconds.min(BigDecimal.valueOf(FOREVER.toSeconds())).longValue());
    }

    /** Whole seconds, of which a part counts as one. */
    static long seconds(Duration time) {
        return Math.max(0, time.plusSeconds(1).minusNanos(1).toSeconds());
    }

    private static BigDecimal times(Optional<BigDecimal> hour, long seconds) {
        return hour.orElse(BigDecimal.ZERO)
                .multiply(BigDecimal.valueOf(seconds))
                .divide(SECONDS_PER_HOUR, NANO_DOLLARS, RoundingMode.HALF_UP);
    }
}
