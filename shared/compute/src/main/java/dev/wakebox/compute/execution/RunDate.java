package dev.wakebox.compute.execution;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Computes the days that replace {@code $DATE} and {@code DAILY}, always in UTC. */
final class RunDate {
    private static final DateTimeFormatter YYYYMMDD = DateTimeFormatter.ofPattern("uuuuMMdd", Locale.ROOT);
    private static final int CYCLE_OF_OTHER_SOURCES = 16;

    private RunDate() {}

    /** The day of an instant as YYYYMMDD. */
    static String of(Instant instant) {
        return of(day(instant));
    }

    /** A day as YYYYMMDD. */
    static String of(LocalDate day) {
        return YYYYMMDD.format(day);
    }

    /** The day of an instant. */
    static LocalDate day(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC).toLocalDate();
    }

    /**
     * The day that {@code DAILY} stands for at an instant: the same day, or the previous one while the UTC hour is
     * before the cycle of the forcing source. Without a forcing source it is always the previous day.
     */
    static LocalDate daily(Instant instant, @Nullable String forcingSource) {
        OffsetDateTime utc = instant.atOffset(ZoneOffset.UTC);
        boolean published = forcingSource != null && utc.getHour() >= cycle(forcingSource);
        return published ? utc.toLocalDate() : utc.toLocalDate().minusDays(1);
    }

    private static int cycle(String source) {
        int end = source.length();
        if (source.contains("SHORT_RANGE")) {
            return hour(source, end - 2);
        }
        if (source.contains("MEDIUM_RANGE")) {
            return hour(source, end - 4);
        }
        return source.contains("ANALYSIS_ASSIM_RESTART_CHRT") ? hour(source, end - 2) : CYCLE_OF_OTHER_SOURCES;
    }

    private static int hour(String source, int at) {
        try {
            return Integer.parseInt(source, at, at + 2, 10);
        } catch (NumberFormatException e) {
            return CYCLE_OF_OTHER_SOURCES; // a source without a cycle in its name
        }
    }
}
