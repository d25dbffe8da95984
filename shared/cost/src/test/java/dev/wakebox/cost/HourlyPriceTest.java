package dev.wakebox.cost;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HourlyPriceTest {
    private static final HourlyPrice PRICE = price("3.6", "0.36");

    @ParameterizedTest
    @CsvSource({"0, 0.06", "30000, 0.063", "60000, 0.066", "60001, 0.0671", "3600000, 3.96", "-5000, 0.06"})
    void cost_ofATime_isWholeSecondsAndAtLeastAMinuteOfTheInstance(long millis, BigDecimal usd) {
        assertThat(PRICE.cost(Duration.ofMillis(millis))).isEqualByComparingTo(usd);
    }

    @ParameterizedTest
    @CsvSource({"3.96, 3600", "0.0011, 1", "0.00109, 0", "0, 0", "-1, 0"})
    void lasts_forAnAmount_isTheTimeThatItPays(BigDecimal usd, long seconds) {
        assertThat(PRICE.lasts(usd)).isEqualTo(Duration.ofSeconds(seconds));
    }

    /** What the time costs that an amount pays never exceeds the amount. */
    @ParameterizedTest
    @CsvSource({"0.0168, 0.000876712, 0.5", "32.7726, , 0.61", "0.0042, 0.1, 1000000", "0.000001, , 0.0000001"})
    void lasts_whenItIsLongerThanAMinute_costsNoMoreThanTheAmount(
            String instance, @Nullable String volumes, BigDecimal usd) {
        HourlyPrice price = price(instance, volumes);
        Duration time = price.lasts(usd);

        assertThat(time).isGreaterThan(Duration.ofMinutes(1));
        assertThat(price.cost(time)).isLessThanOrEqualTo(usd);
    }

    @Test
    void lasts_whenNothingIsKnown_isLongerThanAnyRun() {
        assertThat(new HourlyPrice(Optional.empty(), Optional.empty()).lasts(BigDecimal.ONE))
                .isGreaterThan(Duration.ofDays(366));
    }

    @Test
    void ofVolumes_addsTheirHours_unlessAPriceIsUnknown() {
        Prices prices = item ->
                item.equals(new PricedItem.VolumeMonth("gp3")) ? Optional.of(new BigDecimal("0.73")) : Optional.empty();

        assertThat(HourlyPrice.ofVolumes(List.of(new VolumeUsage("gp3", 8), new VolumeUsage("gp3", 2)), prices))
                .hasValueSatisfying(usd -> assertThat(usd).isEqualByComparingTo("0.01"));
        assertThat(HourlyPrice.ofVolumes(List.of(new VolumeUsage("gp3", 8), new VolumeUsage("x", 2)), prices))
                .isEmpty();
    }

    private static HourlyPrice price(String instance, @Nullable String volumes) {
        return new HourlyPrice(
                Optional.of(new BigDecimal(instance)),
                Optional.ofNullable(volumes).map(BigDecimal::new));
    }
}
