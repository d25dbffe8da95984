package dev.wakebox.functions.ec2poller;

import dev.wakebox.compute.command.CommandResult;
import dev.wakebox.compute.execution.Deadline;
import dev.wakebox.compute.execution.Following;
import dev.wakebox.compute.execution.RunOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The consequence of one poll of a command. */
sealed interface Verdict {
    /** The commands are still running. */
    record NotYet() implements Verdict {}

    /** All commands ended with exit code 0. */
    record Passed() implements Verdict {}

    /** The commands failed. If the script itself failed, the cause quotes standard error. */
    record Failed(RunOutcome outcome, String cause, boolean withStderr) implements Verdict {}

    /** The command that follows the detached commands is over, and they may be running: another one must follow them. */
    record FollowOn() implements Verdict {}

    /** The deadline has passed, and the command must be cancelled. */
    record OutOfTime(String cause) implements Verdict {}

    /** How long GetCommandInvocation may answer InvocationDoesNotExist after SendCommand succeeded. */
    Duration UNKNOWN_FOR = Duration.ofMinutes(2);

    /** A command that follows ended commands ends with their exit code before that. */
    Duration ENDS_AT_ONCE = Duration.ofMinutes(1);

    /** After this time, the success of a command that follows may be the end of its time; the clocks may differ. */
    Duration MAY_END = Following.LASTS.minusHours(1);

    /** Exit codes of a command that was killed or ended early; the commands may have ended with the same one. */
    Set<Integer> ENDED_EARLY = Set.of(Following.TOLD_TO_END, 137, -1);

    /** Classifies the answer of a poll of the command that follows detached commands. */
    static Verdict of(Optional<CommandResult> polled, Instant now, Following following, Deadline deadline) {
        if (!isOver(polled, now, following)) {
            return of(polled, now, following.sentAt(), deadline);
        }
        return deadline.isOver(now) ? new OutOfTime(timeIsUp(deadline)) : new FollowOn();
    }

    private static boolean isOver(Optional<CommandResult> polled, Instant now, Following following) {
        boolean started = following.number() > 0;
        Duration sinceSent = Duration.between(following.sentAt(), now);
        Duration ran = polled.flatMap(CommandResult::elapsed).orElse(sinceSent);
        return polled.map(result -> switch (result.status()) {
                    case TIMED_OUT -> started || !is(result, "delivery");
                    case FAILED ->
                        notRun(result)
                                ? started
                                : ENDED_EARLY.contains(result.exitCode()) && ran.compareTo(ENDS_AT_ONCE) > 0;
                    case SUCCESS -> ran.compareTo(MAY_END) > 0;
                    case PENDING, IN_PROGRESS, DELAYED, CANCELLING, CANCELLED -> false;
                })
                .orElse(started && sinceSent.compareTo(UNKNOWN_FOR) > 0);
    }

    private static String timeIsUp(Deadline deadline) {
        return "The commands still ran when " + deadline.over() + ", and were cancelled.";
    }

    /**
     * Classifies the answer of a poll.
     *
     * @param sentAt when the command was sent
     */
    static Verdict of(Optional<CommandResult> polled, Instant now, Instant sentAt, Deadline deadline) {
        boolean late = deadline.isOver(now);
        String timeIsUp = timeIsUp(deadline);
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
            case TIMED_OUT -> timedOut(result, deadline);
            case FAILED -> failed(result);
        };
    }

    private static Verdict timedOut(CommandResult result, Deadline deadline) {
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
        return notRun(result)
                ? new Failed(
                        RunOutcome.COMMAND_FAILED,
                        "The commands were not run to their end (" + result.details() + ").",
                        true)
                : new Failed(
                        RunOutcome.COMMAND_FAILED,
                        "The commands failed with exit code " + result.exitCode() + ".",
                        true);
    }

    private static boolean notRun(CommandResult result) {
        return is(result, "undeliverable") || is(result, "terminated") || is(result, "access");
    }

    private static boolean is(CommandResult result, String word) {
        return result.details().toLowerCase(Locale.ROOT).contains(word);
    }
}
