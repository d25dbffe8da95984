package dev.wakebox.runtime;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header {@code Retry-After}: seconds, or a date in one of HTTP's three formats.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3">RFC 9110, 10.2.3</a>
 */
public final class RetryAfter {
    private static final Duration LONGEST = Duration.ofDays(365);
    private static final Pattern SECONDS = Pattern.compile("0*(\\d+)");
    /** Skips the day of the week, which is redundant. */
    private static final Pattern DATE = Pattern.compile("(?i)(?:[a-z]{3,9},? +)?([0-9a-z :-]*?)(?: GMT| UTC)?");
    /** Java has no leap seconds: this one is read as the second after 23:59:59. */
    private static final Pattern LEAP_SECOND = Pattern.compile("(?<=23:59:)60");
    /** A year of two digits is read as at most 50 years ahead. */
    private static final int YEARS_BACK = 49;

    private RetryAfter() {}

    /**
     * The delay before the next request, at most a year; null when the header is missing or malformed, or when its time is in
     * the past.
     */
    public static @Nullable Duration parse(@Nullable String header, Instant now) {
        String text = header == null ? "" : header.strip();
        var seconds = SECONDS.matcher(text);
        if (seconds.matches()) {
            String digits = seconds.group(1);
            return digits.length() > 9 ? LONGEST : shorter(Duration.ofSeconds(Long.parseLong(digits)));
        }
        var date = DATE.matcher(text);
        if (!date.matches()) {
            return null;
        }
        var leap = LEAP_SECOND.matcher(date.group(1).strip());
        try {
            Instant until = LocalDateTime.parse(leap.replaceFirst("59"), form(now))
                    .toInstant(ZoneOffset.UTC)
                    .plusSeconds(leap.reset().find() ? 1 : 0);
            return until.isBefore(now) ? null : shorter(Duration.between(now, until));
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static Duration shorter(Duration wait) {
        return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    }

    /** One formatter for the three formats. */
    private static DateTimeFormatter form(Instant now) {
        return new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .appendPattern("[d MMM uuuu HH:mm:ss][MMM ppd HH:mm:ss uuuu]")
                .optionalStart()
                .appendPattern("d-MMM-")
                .appendValueReduced(
                        ChronoField.YEAR,
                        2,
                        4,
                        now.atOffset(ZoneOffset.UTC).toLocalDate().minusYears(YEARS_BACK))
                .appendPattern(" HH:mm:ss")
                .toFormatter(Locale.ENGLISH)
                .withResolverStyle(ResolverStyle.STRICT);
    }
}
