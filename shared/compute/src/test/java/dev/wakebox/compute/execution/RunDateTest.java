package dev.wakebox.compute.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunDateTest {
    @ParameterizedTest
    @CsvSource(nullValues = "none", textBlock = """
            2026-03-02T05:59:59Z, NWM_V3_SHORT_RANGE_06,             20260301
            2026-03-02T06:00:00Z, NWM_V3_SHORT_RANGE_06,             20260302
            2026-03-02T00:00:00Z, NWM_V3_SHORT_RANGE_00,             20260302
            2026-03-01T22:59:59Z, NWM_V3_SHORT_RANGE_23,             20260228
            2026-03-02T11:59:59Z, NWM_V3_MEDIUM_RANGE_12_1,          20260301
            2026-03-02T05:59:59Z, NWM_V3_MEDIUM_RANGE_06_3,          20260301
            2026-03-02T06:00:00Z, NWM_V3_MEDIUM_RANGE_06_3,          20260302
            2026-03-02T15:59:59Z, NWM_V3_ANALYSIS_ASSIM_EXTEND_16,   20260301
            2026-03-02T16:00:00Z, NWM_V3_ANALYSIS_ASSIM_EXTEND_16,   20260302
            2026-03-02T02:59:59Z, NWM_V3_ANALYSIS_ASSIM_03,          20260301
            2026-03-02T15:59:59Z, NWM_V3_ANALYSIS_ASSIM_03,          20260301
            2026-03-02T05:59:59Z, NWM_V3_ANALYSIS_ASSIM_RESTART_CHRT_06, 20260301
            2026-03-02T06:00:00Z, NWM_V3_ANALYSIS_ASSIM_RESTART_CHRT_06, 20260302
            2026-03-02T06:00:00Z, NWM_V3_CHRTOUT_SHORT_RANGE_06,     20260302
            2026-03-02T11:59:59Z, MEDIUM_RANGE,                      20260301
            2026-03-02T16:00:00Z, MEDIUM_RANGE,                      20260302
            2026-03-02T15:59:59Z, NWM_V3_ANALYSIS_ASSIM_EXTEND,      20260301
            2026-03-02T15:59:59Z, NWM_RETRO_V3,                      20260301
            2026-03-02T16:00:00Z, NWM_RETRO_V3,                      20260302
            2026-03-02T15:59:59Z, SHORT_RANGE,                       20260301
            2026-03-02T00:00:00Z, none,                              20260301
            2026-03-02T23:59:59Z, none,                              20260301
            2024-03-01T00:30:00Z, OTHER,                             20240229
            """)
    void daily_whenAskedAt_isTheDayOfTheLatestCycle(String at, String source, String day) {
        assertThat(RunDate.of(RunDate.daily(Instant.parse(at), source))).isEqualTo(day);
    }

    @Test
    void of_whenAskedOutsideUtc_isStillTheUtcDay() {
        assertThat(RunDate.of(Instant.parse("2026-01-01T00:00:00Z"))).isEqualTo("20260101");
    }
}
