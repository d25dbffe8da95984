package dev.wakebox.compute.execution;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the options that Wakebox has to know of in shell commands, and dates the commands. */
final class CommandLine {
    private static final String BEGIN = "(?:^|(?<=[\\s\"']))";
    private static final String GAP = "(?:\\s*=\\s*|\\s+)[\"']?";
    private static final String WORD = "[^\\s\"';|&]";

    private static final Pattern BUCKET = option("(?i:--s3_bucket)");
    private static final Pattern PREFIX = option("(?i:--s3_prefix)");
    private static final Pattern FORCING = option("(?i:--forcing_source)");

    /** The one program whose short options are known; {@code -o} and {@code -C} mean other things to others. */
    private static final Pattern DATASTREAM = Pattern.compile("/datastream\\s");

    private static final Pattern SHORT_BUCKET = option("-S");
    private static final Pattern SHORT_PREFIX = option("-o");
    private static final Pattern SHORT_FORCING = option("-C");

    private static final Pattern DAILY = Pattern.compile("(?<![A-Za-z0-9])DAILY(?![A-Za-z0-9])");

    /** {@code -s DAILY}: the whole value of an option. */
    private static final Pattern DATE_ARGUMENT =
            Pattern.compile(BEGIN + "(--?[A-Za-z][\\w-]*" + GAP + ")DAILY(?!" + WORD + ")");

    /** Beside an explicit end, DAILY as the start is the program's own mode, and the end names the day. */
    private static final Pattern EXPLICIT_END =
            Pattern.compile(BEGIN + "(?:-e|(?i:--end_date|--end_time))" + GAP + "\\d{8,12}(?!" + WORD + ")");

    /** A place in S3: a URI, or the value of the prefix option. */
    private static final Pattern PLACE =
            Pattern.compile("(?:[a-z][a-z0-9]*://|" + BEGIN + "(?i:--s3_prefix)" + GAP + ")" + WORD + "*");

    private static final Pattern SHORT_PLACE = Pattern.compile(BEGIN + "-o" + GAP + WORD + "*");

    private CommandLine() {}

    /** The bucket and prefix that the commands name; the last command that names one counts. */
    static Optional<OutputLocation> output(List<String> commands) {
        String bucket = last(commands, BUCKET, SHORT_BUCKET);
        String prefix = last(commands, PREFIX, SHORT_PREFIX);
        return bucket == null || prefix == null
                ? Optional.empty()
                : Optional.of(new OutputLocation(bucket, prefix.replaceFirst("/+$", "")));
    }

    /** The forcing source that the commands name, or null. */
    static @Nullable String forcingSource(List<String> commands) {
        return last(commands, FORCING, SHORT_FORCING);
    }

    /** A command with a date in the place of each {@code DAILY} that stands for one. */
    static String dated(String command, String date) {
        String result = placesDated(command, PLACE, date);
        if (DATASTREAM.matcher(command).find()) {
            result = placesDated(result, SHORT_PLACE, date);
        }
        return EXPLICIT_END.matcher(command).find()
                ? result
                : DATE_ARGUMENT.matcher(result).replaceAll("$1" + date);
    }

    /** A place in S3 with a date in the place of {@code DAILY}. */
    static String placeDated(String place, String date) {
        return DAILY.matcher(place).replaceAll(date);
    }

    private static String placesDated(String command, Pattern places, String date) {
        return places.matcher(command).replaceAll(place -> Matcher.quoteReplacement(placeDated(place.group(), date)));
    }

    private static @Nullable String last(List<String> commands, Pattern longOption, Pattern shortOption) {
        for (String command : commands.reversed()) {
            var byLong = longOption.matcher(command);
            if (byLong.find()) {
                return byLong.group(1);
            }
            var byShort = shortOption.matcher(command);
            if (DATASTREAM.matcher(command).find() && byShort.find()) {
                return byShort.group(1);
            }
        }
        return null;
    }

    private static Pattern option(String name) {
        return Pattern.compile(BEGIN + name + GAP + "(" + WORD + "+)");
    }
}
