package dev.wakebox.functions.ec2poller;

import dev.wakebox.compute.command.CommandResult;
import dev.wakebox.compute.command.SsmCommands;
import dev.wakebox.compute.execution.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** What a look at a command means for its run. */
sealed interface Verdict {
    /** Not yet; look again. */
    record NotYet() implements Verdict {}

    /** Every command ended with exit code 0. */
    record Passed() implements Verdict {}

    /** The job failed. The standard error belongs to the cause where the command itself failed. */
    record Failed(Outcome outcome, String cause, boolean withStderr) implements Verdict {}

    /** The job needs more time than Systems Manager gives to any: another attempt would end in the same way. */
    record TooLong(String cause) implements Verdict {}

    /** The time is up and the command has to be cancelled. */
    record OutOfTime(String cause) implements Verdict {}

    /** How long Systems Manager may take until it knows on the instance of a command that it has accepted. */
    Duration UNKNOWN_FOR = Duration.ofMinutes(2);

    /**
     * Decides.
     *
     * @param sentAt when the command was sent
     * @param timeout that counts from t0
     */
    static Verdict of(Optional<CommandResult> looked, Instant now, Instant sentAt, Instant t0, Duration timeout) {
        boolean late = !now.isBefore(t0.plus(timeout));
        String timeIsUp =
                "The commands still ran " + timeout.toSeconds() + " s after t0 (timeout_s) and were cancelled.";
        if (looked.isEmpty()) {
            boolean lost = now.isAfter(sentAt.plus(UNKNOWN_FOR));
            return lost
                    ? new Failed(
                            Outcome.COMMAND_FAILED, "Systems Manager doesn't know the command on the instance.", false)
                    : late ? new OutOfTime(timeIsUp) : new NotYet();
        }
        CommandResult result = looked.get();
        return switch (result.status()) {
            case SUCCESS -> new Passed();
            case PENDING, DELAYED, IN_PROGRESS -> late ? new OutOfTime(timeIsUp) : new NotYet();
            case CANCELLING -> late ? new Failed(Outcome.TIMED_OUT, timeIsUp, true) : new NotYet();
            case CANCELLED ->
                late
                        ? new Failed(Outcome.TIMED_OUT, timeIsUp, true)
                        : new Failed(Outcome.CANCELLED, "Somebody cancelled the command in Systems Manager.", false);
            case TIMED_OUT -> timedOut(result, late, timeout);
            case FAILED -> failed(result);
        };
    }

    private static Verdict timedOut(CommandResult result, boolean late, Duration timeout) {
        if (!late && !is(result, "delivery") && timeout.compareTo(SsmCommands.LONGEST_TIME_LIMIT) > 0) {
            return new TooLong("The commands still ran after "
                    + SsmCommands.LONGEST_TIME_LIMIT.toHours()
                    + " hours, the longest that Systems Manager lets a command run, whatever timeout_s says ("
                    + timeout.toSeconds()
                    + "). Have them start the long work in the background of a machine of its own, or split it.");
        }
        return is(result, "delivery")
                ? new Failed(
                        Outcome.COMMAND_FAILED,
                        "The commands never reached the instance (" + result.details() + ").",
                        false)
                : new Failed(
                        Outcome.TIMED_OUT,
                        "The commands still ran at their time limit (timeout_s: " + timeout.toSeconds()
                                + " s after t0) and were ended by Systems Manager (" + result.details() + ").",
                        true);
    }

    private static Verdict failed(CommandResult result) {
        return is(result, "undeliverable") || is(result, "terminated") || is(result, "access")
                ? new Failed(
                        Outcome.COMMAND_FAILED,
                        "The commands were not run to their end (" + result.details() + ").",
                        true)
                : new Failed(
                        Outcome.COMMAND_FAILED, "The commands failed with exit code " + result.exitCode() + ".", true);
    }

    private static boolean is(CommandResult result, String word) {
        return result.details().toLowerCase(Locale.ROOT).contains(word);
    }
}
