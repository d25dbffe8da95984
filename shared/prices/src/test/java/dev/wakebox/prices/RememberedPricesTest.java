package dev.wakebox.prices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.wakebox.cost.PricedItem;
import dev.wakebox.cost.PricedItem.InstanceHour;
import dev.wakebox.cost.PricedItem.SpotInstanceHour;
import dev.wakebox.cost.PricedItem.VolumeMonth;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.pricing.model.PricingException;

class RememberedPricesTest {
    private Instant now = Instant.parse("2026-11-29T12:00:00Z");
    private final List<PricedItem> asked = new ArrayList<>();

    @Test
    void of_whenAskedAgain_asksOnceADayAndSpotPricesOnceAnHour() {
        var prices = prices(Optional.of(BigDecimal.ONE));
        for (int minutes = 0; minutes < 24 * 60; minutes += 20) {
            assertThat(prices.of(new InstanceHour("t4g.small"))).contains(BigDecimal.ONE);
            assertThat(prices.of(new VolumeMonth("gp3"))).contains(BigDecimal.ONE);
            assertThat(prices.of(new SpotInstanceHour("t4g.small", "eu-west-1a", now)))
                    .contains(BigDecimal.ONE);
            now = now.plus(Duration.ofMinutes(20));
        }

        assertThat(asked).hasSize(2 + 24);
        prices.of(new InstanceHour("t4g.small"));
        prices.of(new SpotInstanceHour("t4g.small", "eu-west-1b", now.minusSeconds(1)));
        assertThat(asked).hasSize(2 + 24 + 2);
    }

    @Test
    void of_whenThePriceIsUnknown_asksAgain() {
        var prices = prices(Optional.empty());

        assertThat(prices.of(new InstanceHour("t4g.small"))).isEmpty();
        assertThat(prices.of(new InstanceHour("t4g.small"))).isEmpty();
        assertThat(asked).hasSize(2);
    }

    @Test
    void of_whenAwsRefuses_saysWhatWasAskedAndWhetherARetryHelps() {
        assertFailure(
                PricingException.builder()
                        .statusCode(400)
                        .awsErrorDetails(AwsErrorDetails.builder()
                                .errorCode("AccessDeniedException")
                                .build())
                        .build(),
                ErrorCode.INTERNAL,
                "Cannot look up the price of t4g.small on-demand: AccessDeniedException.");
        assertFailure(
                SdkClientException.create("timeout"),
                ErrorCode.UNAVAILABLE,
                "Cannot look up the price of t4g.small on-demand: AWS could not be reached.");
    }

    private void assertFailure(SdkException failure, ErrorCode code, String message) {
        var prices = new RememberedPrices(
                _ -> {
                    throw failure;
                },
                ((InstantSource) () -> now).withZone(ZoneOffset.UTC));

        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> prices.of(new InstanceHour("t4g.small")))
                .withMessage(message)
                .satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }

    private RememberedPrices prices(Optional<BigDecimal> price) {
        return new RememberedPrices(
                item -> {
                    asked.add(item);
                    return price;
                },
                ((InstantSource) () -> now).withZone(ZoneOffset.UTC));
    }
}
