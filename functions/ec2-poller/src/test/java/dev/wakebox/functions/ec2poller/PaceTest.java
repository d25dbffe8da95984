package dev.wakebox.functions.ec2poller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PaceTest {
    /** Every attempt runs into its time-out. What one look costs in events is counted in docs/ec2-runs.md. */
    @ParameterizedTest
    @CsvSource({
        "PT10M, 0",
        "PT1H, 2",
        "PT1H, 10",
        "P2D, 0",
        "P2D, 10",
        "P14D, 0",
        "P14D, 1",
        "P14D, 6",
        "P14D, 8",
        "P14D, 10",
        "P366D, 0"
    })
    void next_whenJobTakesAllItsTime_staysBelowTheHistoryLimit(Duration timeout, int retries) {
        for (int refused : new int[] {0, 39}) {
            int looks = looks(timeout, retries + 1, refused);

            assertThat((retries + 1) * (looks * 9L + 1_300))
                    .as("%d candidates refused", refused)
                    .isLessThan(25_000 - 900);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void next_whenJobTakesUpToTenMinutes_isNoticedWithin15Seconds(int retries) {
        for (Duration timeout : List.of(Duration.ofHours(1), Duration.ofDays(1), Duration.ofDays(14))) {
            int looks = 0;
            for (long elapsed = 0, wait; elapsed < 600; elapsed += wait) {
                wait = Pace.next(Duration.ofSeconds(elapsed), timeout.minusSeconds(elapsed), ++looks, retries + 1);
                assertThat(wait).as("%s, after %s s", timeout, elapsed).isBetween(1L, 13L);
            }
        }
    }

    @Test
    void next_whenJobTakesTwoWeeks_isNoticedWithin15Minutes() {
        assertThat(Pace.next(Duration.ofDays(13), Duration.ofDays(1), 1_500, 1)).isEqualTo(900);
    }

    @Test
    void next_whenTheDeadlineIsNear_neverGoesPastIt() {
        assertThat(Pace.next(Duration.ofMinutes(60), Duration.ofSeconds(3), 10, 1))
                .isEqualTo(3);
        assertThat(Pace.next(Duration.ofMinutes(60), Duration.ofMillis(20), 10, 1))
                .isEqualTo(1);
    }

    private static int looks(Duration timeout, int attempts, int refused) {
        int looks = refused;
        for (Duration elapsed = Duration.ZERO; elapsed.compareTo(timeout) < 0; ) {
            looks++;
            elapsed = elapsed.plusSeconds(Pace.next(elapsed, timeout.minus(elapsed), looks, attempts));
        }
        return looks;
    }
}
