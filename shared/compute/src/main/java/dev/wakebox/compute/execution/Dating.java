package dev.wakebox.compute.execution;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Commands in which the day of their run replaces {@code DAILY}; docs/ec2-runs.md has the rules.
 *
 * @param commands with the day in place of each {@code DAILY} that stands for it
 * @param day that {@code DAILY} stands for
 */
record Dating(List<String> commands, LocalDate day) {
    private static final String DAILY = "DAILY";
    private static final Pattern FREE_STANDING = Pattern.compile("(?<![A-Za-z0-9])DAILY(?![A-Za-z0-9])");

    Dating {
        commands = List.copyOf(commands);
        requireNonNull(day, "day is null");
    }

    /**
     * Replaces the dates in commands.
     *
     * @param checked the prefix of the execution's own check, which decides if the commands have no prefix
     * @param startedAt when the first attempt began
     */
    static Dating of(List<String> commands, Optional<String> checked, Instant startedAt) {
        String source = CommandLine.forcingSource(commands);
        String named = CommandLine.prefix(commands);
        String prefix = named == null ? checked.orElse("") : named;
        boolean daily = prefix.contains(DAILY);
        LocalDate day = RunDate.daily(startedAt, source);
        List<String> dated = daily ? dated(commands, prefix, source, RunDate.of(day)) : commands;
        String file = CommandLine.forcingFile(commands);
        if (file != null) {
            LocalDate dayOfFile = daily ? day : RunDate.day(startedAt);
            dated = withForcingFile(dated, file, ForcingFile.dated(file, source, dayOfFile));
        }
        return new Dating(dated, day);
    }

    /** A prefix with the day in place of each {@code DAILY} that stands for it. */
    String prefix(String prefix) {
        return FREE_STANDING.matcher(prefix).replaceAll(RunDate.of(day));
    }

    /** With a forcing source only the prefix is dated, because {@code -s DAILY} is then a mode of the program. */
    private static List<String> dated(List<String> commands, String prefix, @Nullable String source, String day) {
        String datedPrefix = prefix.replace(DAILY, day);
        UnaryOperator<String> rest =
                source == null ? command -> FREE_STANDING.matcher(command).replaceAll(day) : UnaryOperator.identity();
        return commands.stream()
                .map(command -> command.replace(prefix, datedPrefix))
                .map(rest)
                .toList();
    }

    private static List<String> withForcingFile(List<String> commands, String file, String dated) {
        return commands.stream()
                .map(command -> {
                    int at = command.contains("-F") ? command.indexOf(file) : -1;
                    return at < 0 ? command : command.substring(0, at) + dated + command.substring(at + file.length());
                })
                .toList();
    }
}
