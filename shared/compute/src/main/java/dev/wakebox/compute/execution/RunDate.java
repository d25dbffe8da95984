package dev.wakebox.compute.execution;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The dates that stand for {@code $DATE} and {@code DAILY}, always UTC. */
final class RunDate {
    private static final DateTimeFormatter YYYYMMDD = DateTimeFormatter.ofPattern("uuuuMMdd", Locale.ROOT);
    private static final int CYCLE_OF_OTHER_SOURCES = 16;

    private RunDate() {}

    /** The day of an instant as YYYYMMDD. */
    static String of(Instant instant) {
        return YYYYMMDD.format(instant.atOffset(ZoneOffset.UTC));
    }

    /**
     * The day whose forcings are there at an instant: the day itself, or the day before while the UTC hour hasn't
     * reached the forcing source's cycle. Without a forcing source it is the day itself.
     */
    static String daily(Instant instant, @Nullable String forcingSource) {
        OffsetDateTime utc = instant.atOffset(ZoneOffset.UTC);
        boolean published = forcingSource == null || utc.getHour() >= cycle(forcingSource);
        return YYYYMMDD.format(published ? utc : utc.minusDays(1));
    }

    private static int cycle(String source) {
        int end = source.length();
        if (source.contains("SHORT_RANGE") || source.contains("ANALYSIS_ASSIM")) {
            return hour(source, end - 2);
        }
        return source.contains("MEDIUM_RANGE") ? hour(source, end - 4) : CYCLE_OF_OTHER_SOURCES;
    }

    private static int hour(String source, int at) {
        try {
            return Integer.parseInt(source, at, at + 2, 10);
        } catch (NumberFormatException e) {
            return CYCLE_OF_OTHER_SOURCES; // a source without a cycle in its name
        }
    }
}
