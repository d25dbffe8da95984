package dev.wakebox.compute.execution;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Computes the forcing file of a run: its date, and the earlier hour for a later member of a medium-range ensemble. */
final class ForcingFile {
    private static final Pattern FOLDER_OF_AN_HOUR = Pattern.compile("/(\\d{2})/");
    private static final Pattern CYCLE = Pattern.compile("t\\d{2}z");
    private static final int HOURS_BETWEEN_MEMBERS = 6;

    private ForcingFile() {}

    /**
     * The file for the day of a run.
     *
     * @param file as in the commands, with {@code DAILY} for the day
     */
    static String dated(String file, @Nullable String source, LocalDate day) {
        int hoursEarlier = (member(source) - 1) * HOURS_BETWEEN_MEMBERS;
        var folder = FOLDER_OF_AN_HOUR.matcher(file);
        if (hoursEarlier == 0 || !folder.find() || !CYCLE.matcher(file).find(folder.end())) {
            return file.replace("DAILY", RunDate.of(day));
        }
        int hour = Integer.parseInt(folder.group(1));
        LocalDateTime earlier = day.atStartOfDay().plusHours(hour).minusHours(hoursEarlier);
        String hh = String.format(Locale.ROOT, "%02d", earlier.getHour());
        String moved = folder.replaceFirst("/" + hh + "/");
        return CYCLE.matcher(moved).replaceFirst("t" + hh + "z").replace("DAILY", RunDate.of(earlier.toLocalDate()));
    }

    private static int member(@Nullable String source) {
        if (source == null || !source.contains("MEDIUM_RANGE")) {
            return 1;
        }
        return Math.max(1, Character.digit(source.charAt(source.length() - 1), 10));
    }
}
