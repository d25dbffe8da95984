package dev.wakebox.compute.execution;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the options of shell commands that Wakebox needs: the first occurrence within a command, and the last command
 * that has one. Every pattern takes time linear in the length of the command.
 */
final class CommandLine {
    private static final Pattern BUCKET = option("(?i:--s3_bucket)");
    private static final Pattern PREFIX = option("(?i:--s3_prefix)");
    private static final Pattern FORCING_SOURCE = option("(?i:--forcing_source)");
    private static final Pattern FORCING_FILE = option("(?i:-F)");

    /** The only program whose short options are read; {@code -o} has other meanings in other programs. */
    private static final Pattern DATASTREAM = Pattern.compile("/datastream\\s");

    private static final Pattern SHORT_BUCKET = option("(?<![^\\s\"'])-S");
    private static final Pattern SHORT_PREFIX = option("(?<![^\\s\"'])-o");

    private static final Pattern DATASTREAM_SCRIPT = Pattern.compile("(?i)/scripts/datastream[=\\s']++[^\\s']");

    /** No bucket, key or address in S3 is longer; the limit also bounds the time of a search. */
    private static final int LONGEST = 2048;

    private CommandLine() {}

    /** The bucket and prefix in the commands. */
    static Optional<OutputLocation> output(List<String> commands) {
        String bucket = last(commands, BUCKET, SHORT_BUCKET);
        String prefix = prefix(commands);
        return bucket == null || prefix == null
                ? Optional.empty()
                : Optional.of(new OutputLocation(bucket, withoutSlashesAtTheEnd(prefix)));
    }

    /** The prefix as written in the commands, or null. */
    static @Nullable String prefix(List<String> commands) {
        return last(commands, PREFIX, SHORT_PREFIX);
    }

    /** The forcing source that the long option of the commands names, or null. */
    static @Nullable String forcingSource(List<String> commands) {
        return last(commands, FORCING_SOURCE);
    }

    /** The value of {@code -F}, or of another program's {@code -f}, or null. */
    static @Nullable String forcingFile(List<String> commands) {
        return last(commands, FORCING_FILE);
    }

    /** Whether a command calls the script {@code datastream}, which packs its output into one file. */
    static boolean callsDatastream(List<String> commands) {
        return commands.stream()
                .anyMatch(command -> DATASTREAM_SCRIPT.matcher(command).find());
    }

    private static @Nullable String last(List<String> commands, Pattern longOption, Pattern shortOption) {
        String byLong = last(commands, longOption);
        return byLong != null
                ? byLong
                : last(
                        commands.stream()
                                .filter(command -> DATASTREAM.matcher(command).find())
                                .toList(),
                        shortOption);
    }

    private static @Nullable String last(List<String> commands, Pattern option) {
        for (String command : commands.reversed()) {
            var match = option.matcher(command);
            if (match.find()) {
                String value = match.group(1) == null ? match.group(2) : match.group(1);
                return value.length() > LONGEST ? null : value;
            }
        }
        return null;
    }

    /** In double quotes, the value ends at the closing quote; otherwise at the end of the shell word. */
    private static Pattern option(String name) {
        return Pattern.compile(name + "[=\\s']++(?:\"([^\\s\"']++)|([^\\s';|&]++))");
    }

    private static String withoutSlashesAtTheEnd(String prefix) {
        int end = prefix.length();
        while (end > 0 && prefix.charAt(end - 1) == '/') {
            end--;
        }
        return prefix.substring(0, end);
    }
}
