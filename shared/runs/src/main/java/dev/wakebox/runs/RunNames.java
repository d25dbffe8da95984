package dev.wakebox.runs;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Pattern;

/** Makes the names of runs whose submitters name none: a stem and the time in UTC, such as {@code job-20261129-121500-000}. */
public final class RunNames {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

    private static final Pattern STAMPED = Pattern.compile("-\\d{8}-\\d{6}-\\d{3}$");

    private RunNames() {}

    /** The stem with the time, to the millisecond. */
    public static String stamped(String stem, Instant now) {
        return stem + "-" + STAMP.format(now);
    }

    /** The stem of a name; a name without a time is its own stem. */
    public static String stem(String name) {
        return STAMPED.matcher(name).replaceFirst("");
    }
}
