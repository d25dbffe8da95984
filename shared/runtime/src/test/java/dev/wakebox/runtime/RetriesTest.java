package dev.wakebox.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RetriesTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private final List<Duration> pauses = new ArrayList<>();
    private final Clock clock = ((InstantSource) () -> NOW.plus(pauses.stream().reduce(Duration.ZERO, Duration::plus)))
            .withZone(ZoneOffset.UTC);
    private final Retries retries = new Retries(clock, pauses::add, () -> 0);

    @Test
    void until_whenItFailsTwice_pausesLongerEachTime() {
        var attempts = new AtomicInteger();

        String result = retries.until(NOW.plusSeconds(60), () -> {
            if (attempts.incrementAndGet() < 3) {
                throw failure(null);
            }
            return "done";
        });

        assertThat(result).isEqualTo("done");
        assertThat(pauses).containsExactly(Duration.ofMillis(250), Duration.ofMillis(500));
    }

    @Test
    void until_whenThereIsNoTimeLeft_throwsWithTheCodeOfTheLastFailure() {
        assertThatThrownBy(() -> retries.until(NOW.plusSeconds(2), () -> {
                    throw failure(null);
                }))
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.GATEWAY_TIMEOUT))
                .hasMessage("Slow.");
        assertThat(clock.instant()).isBefore(NOW.plusSeconds(2));
    }

    @Test
    void until_whenThePlatformSaysWhen_waitsThatLongOrNotAtAll() {
        var attempts = new AtomicInteger();

        retries.until(NOW.plusSeconds(60), () -> {
            if (attempts.incrementAndGet() == 1) {
                throw failure(Duration.ofSeconds(3));
            }
            return "done";
        });
        assertThat(pauses).containsExactly(Duration.ofSeconds(3));

        assertThatThrownBy(() -> retries.until(clock.instant().plusSeconds(60), () -> {
                    throw failure(Duration.ofSeconds(5));
                }))
                .isInstanceOf(WakeboxException.class);
        assertThat(pauses).hasSize(1);
    }

    @Test
    void backoff_whenManyFailed_staysBelowTheLongest() {
        assertThat(Retries.backoff(100, null, 0)).isEqualTo(Duration.ofSeconds(4));
        assertThat(Retries.backoff(100, null, 1)).isEqualTo(Duration.ofSeconds(2));
    }

    private static TransientFailure failure(@Nullable Duration retryAfter) {
        return new TransientFailure(ErrorCode.GATEWAY_TIMEOUT, "Slow.", retryAfter, null);
    }
}
