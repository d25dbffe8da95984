package dev.wakebox.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-11-06T08:49:00Z");

    @ParameterizedTest
    @CsvSource({
        "0, PT0S",
        "2, PT2S",
        "' 120 ', PT2M",
        "0000000000005, PT5S",
        "999999999, PT8760H",
        "99999999999, PT8760H",
        "340282366920938463463374607431768211456, PT8760H",
    })
    void parse_whenSeconds_isThatLong(String header, Duration wait) {
        assertThat(RetryAfter.parse(header, NOW)).isEqualTo(wait);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Fri, 06 Nov 2026 08:49:37 GMT",
                "Friday, 06-Nov-26 08:49:37 GMT",
                "Fri Nov  6 08:49:37 2026",
                "Fri, 6 Nov 2026 08:49:37 GMT",
                "fri, 06 nov 2026 08:49:37 gmt",
                "Mon, 06 Nov 2026 08:49:37 GMT", // another day of the week
                "Fri, 06-Nov-2026 08:49:37 GMT",
                "Fri Nov 06 08:49:37 2026",
            })
    void parse_whenADate_isTheTimeUntilThen(String header) {
        assertThat(RetryAfter.parse(header, NOW)).isEqualTo(Duration.ofSeconds(37));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Thu, 31 Dec 2026 23:59:60 GMT",
                "Thursday, 31-Dec-26 23:59:60 GMT",
                "Thu Dec 31 23:59:60 2026",
            })
    void parse_whenALeapSecond_isTheSecondAfterTheOneBefore(String header) {
        assertThat(RetryAfter.parse(header, Instant.parse("2026-12-31T23:59:00Z")))
                .isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void parse_whenTheDateIsFarAway_isAYear() {
        assertThat(RetryAfter.parse("Fri, 31 Dec 9999 23:59:59 GMT", NOW)).isEqualTo(Duration.ofDays(365));
        assertThat(RetryAfter.parse("Saturday, 31-Dec-76 23:59:59 GMT", NOW)).isEqualTo(Duration.ofDays(365));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-5",
                "+5",
                "2.5",
                "1e3",
                "5, 10",
                "abc",
                "soon GMT",
                "Fri, 06 Nov 2026 08:48:59 GMT",
                "Sunday, 06-Nov-94 08:49:37 GMT", // 1994, not 2094
                "Sun Nov  6 08:49:37 1994",
                "Fri, 31 Nov 2026 08:49:37 GMT",
                "Fri, 06 Nov 2026 25:49:37 GMT",
                "Fri, 06 Nov 2026 08:49:37 EST",
                "Fri, 06 Nov 2026 08:49:60 GMT",
                "Fri, 06 Nov 2026 23:59:61 GMT",
                "2026-11-06T08:49:37Z",
            })
    void parse_whenPastOrNoFormOfHttp_isNull(@Nullable String header) {
        assertThat(RetryAfter.parse(header, NOW)).isNull();
        assertThat(RetryAfter.parse(null, NOW)).isNull();
    }
}
