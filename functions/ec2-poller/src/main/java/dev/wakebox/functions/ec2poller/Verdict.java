package dev.wakebox.functions.ec2poller;

import dev.wakebox.compute.command.CommandResult;
import dev.wakebox.compute.command.SsmCommands;
import dev.wakebox.compute.execution.RunOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** The consequence of one poll of a command. */
sealed interface Verdict {
    /** The commands are still running. */
    record NotYet() implements Verdict {}

    /** All commands ended with exit code 0. */
    record Passed() implements Verdict {}

    /** The commands failed. If the script itself failed, the cause quotes standard error. */
    record Failed(RunOutcome outcome, String cause, boolean withStderr) implements Verdict {}

    /** The commands need more time than Systems Manager allows; another attempt would end in the same way. */
    record TooLong(String cause) implements Verdict {}

    /** The timeout has passed, and the command must be cancelled. */
    record OutOfTime(String cause) implements Verdict {}

    /** How long GetCommandInvocation may answer InvocationDoesNotExist after SendCommand succeeded. */
    Duration UNKNOWN_FOR = Duration.ofMinutes(2);

    /**
     * Classifies the answer of a poll.
     *
     * @param sentAt when the command was sent
     * @param timeout counted from t0
     */
    static Verdict of(Optional<CommandResult> polled, Instant now, Instant sentAt, Instant t0, Duration timeout) {
        boolean late = !now.isBefore(t0.plus(timeout));
        String timeIsUp =
                "The commands still ran " + timeout.toSeconds() + " s after t0 (timeout_s) and were cancelled.";
        String cancelled =
                "timeout_s (" + timeout.toSeconds() + " s since t0) was over, and the commands were cancelled.";
        String neverFetched = "The instance never fetched the commands: timeout_s (" + timeout.toSeconds()
                + " s since t0) was over first, and they were cancelled. Is its SSM agent running?";
        if (polled.isEmpty()) {
            boolean lost = now.isAfter(sentAt.plus(UNKNOWN_FOR));
            return lost
                    ? new Failed(
                            RunOutcome.COMMAND_FAILED,
                            "Systems Manager doesn't know the command on the instance.",
                            false)
                    : late ? new OutOfTime(neverFetched) : new NotYet();
        }
        CommandResult result = polled.get();
        return switch (result.status()) {
            case SUCCESS -> new Passed();
            case PENDING, DELAYED -> late ? new OutOfTime(neverFetched) : new NotYet();
            case IN_PROGRESS -> late ? new OutOfTime(timeIsUp) : new NotYet();
            case CANCELLING -> late ? new Failed(RunOutcome.TIMED_OUT, cancelled, true) : new NotYet();
            case CANCELLED ->
                late
                        ? new Failed(RunOutcome.TIMED_OUT, cancelled, true)
                        : new Failed(RunOutcome.CANCELLED, "The command was cancelled in Systems Manager.", false);
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
                    + "). Have them start the long work on an instance of its own, or split it.");
        }
        return is(result, "delivery")
                ? new Failed(
                        RunOutcome.COMMAND_FAILED,
                        "The commands never reached the instance (" + result.details() + ").",
                        false)
                : new Failed(
                        RunOutcome.TIMED_OUT,
                        "The commands still ran at their time limit (timeout_s: " + timeout.toSeconds()
                                + " s after t0) and were ended by Systems Manager (" + result.details() + ").",
                        true);
    }

    private static Verdict failed(CommandResult result) {
        return is(result, "undeliverable") || is(result, "terminated") || is(result, "access")
                ? new Failed(
                        RunOutcome.COMMAND_FAILED,
                        "The commands were not run to their end (" + result.details() + ").",
                        true)
                : new Failed(
                        RunOutcome.COMMAND_FAILED,
                        "The commands failed with exit code " + result.exitCode() + ".",
                        true);
    }

    private static boolean is(CommandResult result, String word) {
        return result.details().toLowerCase(Locale.ROOT).contains(word);
    }
}
