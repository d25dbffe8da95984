package dev.wakebox.functions.ec2poller;

import dev.wakebox.compute.command.CommandResult;
import dev.wakebox.compute.command.SsmCommands;
import dev.wakebox.compute.execution.Deadline;
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

    /** The deadline has passed, and the command must be cancelled. */
    record OutOfTime(String cause) implements Verdict {}

    /** How long GetCommandInvocation may answer InvocationDoesNotExist after SendCommand succeeded. */
    Duration UNKNOWN_FOR = Duration.ofMinutes(2);

    /**
     * Classifies the answer of a poll.
     *
     * @param sentAt when the command was sent
     * @param t0 when the attempt began
     */
    static Verdict of(Optional<CommandResult> polled, Instant now, Instant sentAt, Instant t0, Deadline deadline) {
        boolean late = deadline.isOver(now);
        String timeIsUp = "The commands still ran when " + deadline.over() + ", and were cancelled.";
        String cancelled = deadline.over() + ", and the commands were cancelled.";
        String neverFetched = "The instance never fetched the commands: " + deadline.over()
                + " first, and they were cancelled. Is its SSM agent running?";
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
            case CANCELLING -> late ? new Failed(deadline.outcome(), cancelled, true) : new NotYet();
            case CANCELLED ->
                late
                        ? new Failed(deadline.outcome(), cancelled, true)
                        : new Failed(RunOutcome.CANCELLED, "The command was cancelled in Systems Manager.", false);
            case TIMED_OUT -> timedOut(result, late, Duration.between(t0, deadline.at()), deadline);
            case FAILED -> failed(result);
        };
    }

    private static Verdict timedOut(CommandResult result, boolean late, Duration timeout, Deadline deadline) {
        if (!late && !is(result, "delivery") && timeout.compareTo(SsmCommands.LONGEST_TIME_LIMIT) > 0) {
            return new TooLong("The commands still ran after "
                    + SsmCommands.LONGEST_TIME_LIMIT.toHours()
                    + " hours, the longest that Systems Manager lets a command run, though the run had "
                    + timeout.toSeconds()
                    + " s. Have them start the long work on an instance of its own, or split it.");
        }
        return is(result, "delivery")
                ? new Failed(
                        RunOutcome.COMMAND_FAILED,
                        "The commands never reached the instance (" + result.details() + ").",
                        false)
                : new Failed(
                        deadline.outcome(),
                        "The commands still ran when " + deadline.over() + ", and were ended by Systems Manager ("
                                + result.details() + ").",
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
