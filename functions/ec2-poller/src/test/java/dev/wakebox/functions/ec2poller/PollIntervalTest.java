package dev.wakebox.functions.ec2poller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PollIntervalTest {
    /** Every attempt reaches its timeout. docs/ec2-runs.md says how many events one poll costs. */
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
        "P350D, 0",
        "P31D, 10"
    })
    void next_whenJobTakesAllItsTime_staysBelowTheHistoryLimit(Duration timeout, int retries) {
        for (int refused : new int[] {0, 39}) {
            int polls = polls(timeout, retries + 1, refused);

            assertThat((retries + 1) * (polls * 9L + 1_300))
                    .as("%d candidates refused", refused)
                    .isLessThan(25_000 - 900);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void next_whenJobTakesUpToTenMinutes_isNoticedWithin15Seconds(int retries) {
        for (Duration timeout : List.of(Duration.ofHours(1), Duration.ofDays(1), Duration.ofDays(14))) {
            int polls = 0;
            for (long elapsed = 0, wait; elapsed < 600; elapsed += wait) {
                wait = PollInterval.next(
                        Duration.ofSeconds(elapsed), timeout.minusSeconds(elapsed), ++polls, retries + 1);
                assertThat(wait).as("%s, after %s s", timeout, elapsed).isBetween(1L, 13L);
            }
        }
    }

    @Test
    void next_whenJobTakesTwoWeeks_isNoticedWithin15Minutes() {
        assertThat(PollInterval.next(Duration.ofDays(13), Duration.ofDays(1), 1_500, 1))
                .isEqualTo(900);
    }

    @Test
    void next_whenTheDeadlineIsNear_neverGoesPastIt() {
        assertThat(PollInterval.next(Duration.ofMinutes(60), Duration.ofSeconds(3), 10, 1))
                .isEqualTo(3);
        assertThat(PollInterval.next(Duration.ofMinutes(60), Duration.ofMillis(20), 10, 1))
                .isEqualTo(1);
    }

    /**
     * README says what a run costs. A poll is three state transitions; launch, output check and end take about fifty.
     */
    @ParameterizedTest
    @CsvSource({"PT11M, 250", "PT15M, 300", "PT1H, 500", "P2D, 1300"})
    void next_whenJobTakesThatLong_costsTheTransitionsOfReadme(Duration job, int transitions) {
        int polls = 0;
        for (Duration elapsed = Duration.ZERO; elapsed.compareTo(job) < 0; ) {
            polls++;
            elapsed = elapsed.plusSeconds(
                    PollInterval.next(elapsed, Duration.ofDays(2).minus(elapsed), polls, 1));
        }
        assertThat(polls * 3 + 50).isCloseTo(transitions, withinPercentage(2));
    }

    private static int polls(Duration timeout, int attempts, int refused) {
        int polls = refused;
        for (Duration elapsed = Duration.ZERO; elapsed.compareTo(timeout) < 0; ) {
            polls++;
            elapsed = elapsed.plusSeconds(PollInterval.next(elapsed, timeout.minus(elapsed), polls, attempts));
        }
        return polls;
    }
}
