package dev.wakebox.functions.ec2poller;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.compute.command.CommandResult;
import dev.wakebox.compute.execution.Deadline;
import dev.wakebox.compute.execution.Following;
import dev.wakebox.compute.execution.RunOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class VerdictTest {
    private static final Instant T0 = Instant.parse("2026-03-02T06:00:00Z");
    private static final Duration TIMEOUT = Duration.ofHours(1);
    private static final Instant SENT = T0.plusSeconds(60);

    @ParameterizedTest
    @CsvSource({
        "PENDING,     Pending,             NotYet,                 OutOfTime",
        "DELAYED,     Delayed,             NotYet,                 OutOfTime",
        "IN_PROGRESS, In Progress,         NotYet,                 OutOfTime",
        "SUCCESS,     Success,             Passed,                 Passed",
        "CANCELLING,  Cancelling,          NotYet,                 Failed TIMED_OUT",
        "CANCELLED,   Cancelled,           Failed CANCELLED,       Failed TIMED_OUT",
        "TIMED_OUT,   Execution Timed Out, Failed TIMED_OUT,       Failed TIMED_OUT",
        "TIMED_OUT,   ExecutionTimedOut,   Failed TIMED_OUT,       Failed TIMED_OUT",
        "TIMED_OUT,   Delivery Timed Out,  Failed COMMAND_FAILED,  Failed COMMAND_FAILED",
        "FAILED,      Failed,              Failed COMMAND_FAILED,  Failed COMMAND_FAILED",
        "FAILED,      Undeliverable,       Failed COMMAND_FAILED,  Failed COMMAND_FAILED",
        "FAILED,      Terminated,          Failed COMMAND_FAILED,  Failed COMMAND_FAILED"
    })
    void of_whenCommandIsInAState_decides(
            CommandResult.Status status, String details, String inTime, String outOfTime) {
        var polled = Optional.of(new CommandResult(status, details, 3, ""));

        assertThat(text(verdict(polled, T0.plus(TIMEOUT).minusMillis(1)))).isEqualTo(inTime);
        assertThat(text(verdict(polled, T0.plus(TIMEOUT)))).isEqualTo(outOfTime);
    }

    @ParameterizedTest
    @CsvSource({
        "PENDING,     The instance never fetched the commands: timeout_s (3600 s since t0) was over first",
        "DELAYED,     The instance never fetched the commands",
        "IN_PROGRESS, The commands still ran when timeout_s (3600 s since t0) was over"
    })
    void of_whenTheTimeIsUp_saysWhetherTheCommandsBegan(CommandResult.Status status, String cause) {
        var polled = Optional.of(new CommandResult(status, "", -1, ""));

        assertThat(verdict(polled, T0.plus(TIMEOUT)))
                .isInstanceOfSatisfying(
                        Verdict.OutOfTime.class, out -> assertThat(out.cause()).startsWith(cause));
    }

    /** The previous poll cancelled them, so their status no longer shows whether they had begun. */
    @ParameterizedTest
    @EnumSource(names = {"CANCELLING", "CANCELLED"})
    void of_whenAlreadyCancelledForTheTime_doesNotSayThatTheCommandsRan(CommandResult.Status status) {
        var polled = Optional.of(new CommandResult(status, "", -1, ""));

        assertThat(verdict(polled, T0.plus(TIMEOUT)))
                .isEqualTo(new Verdict.Failed(
                        RunOutcome.TIMED_OUT,
                        "timeout_s (3600 s since t0) was over, and the commands were cancelled.",
                        true));
    }

    @Test
    void of_whenNotKnownYet_waitsTwoMinutes() {
        assertThat(verdict(Optional.empty(), SENT.plusSeconds(120))).isEqualTo(new Verdict.NotYet());
        assertThat(text(verdict(Optional.empty(), SENT.plusSeconds(121)))).isEqualTo("Failed COMMAND_FAILED");
    }

    /** Systems Manager has the deadline as the command's timeout, so either may be first. */
    @ParameterizedTest
    @EnumSource(names = {"IN_PROGRESS", "CANCELLED", "CANCELLING", "TIMED_OUT", "PENDING"})
    void of_whenTheCostLimitIsReached_namesItInPlaceOfTheTimeout(CommandResult.Status status) {
        var limit = new Deadline(T0.plusSeconds(600), RunOutcome.COST_LIMIT, "max_cost (0.5 USD) was used up");
        var polled = Optional.of(new CommandResult(status, "", -1, ""));

        Verdict verdict = Verdict.of(polled, T0.plusSeconds(600), SENT, limit);

        assertThat(verdict.toString())
                .contains("max_cost (0.5 USD) was used up")
                .doesNotContain("timeout_s")
                .containsAnyOf("COST_LIMIT", "OutOfTime");
        assertThat(Verdict.of(
                        Optional.of(new CommandResult(CommandResult.Status.IN_PROGRESS, "", -1, "")),
                        T0.plusSeconds(599),
                        SENT,
                        limit))
                .isEqualTo(new Verdict.NotYet());
    }

    @Test
    void of_whenFailed_namesTheExitCode() {
        var polled = Optional.of(new CommandResult(CommandResult.Status.FAILED, "Failed", 3, ""));

        assertThat(verdict(polled, SENT.plusSeconds(5)))
                .isInstanceOfSatisfying(Verdict.Failed.class, failed -> assertThat(failed.cause())
                        .isEqualTo("The commands failed with exit code 3."));
    }

    @ParameterizedTest
    @CsvSource({
        // the command that started the commands, and one that follows them
        "0, TIMED_OUT, Execution Timed Out, 137, PT47H, FollowOn",
        "0, TIMED_OUT, Delivery Timed Out, -1, PT10M, Failed COMMAND_FAILED",
        "3, TIMED_OUT, Delivery Timed Out, -1, PT10M, FollowOn",
        "0, FAILED, Undeliverable, -1, PT10M, Failed COMMAND_FAILED",
        "3, FAILED, Undeliverable, -1, PT10M, FollowOn",
        "0, SUCCESS, Success, 0, PT47H50M, FollowOn",
        "0, FAILED, Failed, 75, PT2M, FollowOn",
        "0, FAILED, Failed, 137, PT2M, FollowOn",
        "0, FAILED, Failed, -1, PT2M, FollowOn",
        // the commands themselves ended so, because the command that follows them ends at once
        "1, FAILED, Failed, 75, PT5S, Failed COMMAND_FAILED",
        "1, FAILED, Failed, 137, PT5S, Failed COMMAND_FAILED",
        "0, FAILED, Failed, 3, PT47H, Failed COMMAND_FAILED",
        "0, CANCELLED, Cancelled, 137, PT47H, Failed CANCELLED",
        "2, SUCCESS, Success, 0, PT46H, Passed",
        "2, IN_PROGRESS, In Progress, -1, PT47H, NotYet",
        "0, , , , PT3M, Failed COMMAND_FAILED",
        "1, , , , PT3M, FollowOn",
        "1, , , , PT1M, NotYet"
    })
    void of_whenTheCommandFollowsDetachedOnes_tellsItsEndFromTheirs(
            int number,
            CommandResult.@Nullable Status status,
            @Nullable String details,
            @Nullable Integer exitCode,
            Duration since,
            String expected) {
        var polled = Optional.ofNullable(status)
                .map(is -> new CommandResult(is, requireNonNull(details), requireNonNull(exitCode), ""));
        var following = new Following(number, SENT, false);

        assertThat(text(Verdict.of(polled, SENT.plus(since), following, timeout(Duration.ofDays(14)))))
                .isEqualTo(expected);
    }

    /** Polls may be days apart. */
    @ParameterizedTest
    @CsvSource({
        "FAILED, 137, PT3S, Failed COMMAND_FAILED",
        "FAILED, 137, PT3M, FollowOn",
        "SUCCESS, 0, PT3S, Passed",
        "SUCCESS, 0, PT47H50M, FollowOn"
    })
    void of_whenSystemsManagerSaysHowLongTheCommandRan_goesByThat(
            CommandResult.Status status, int exitCode, Duration ran, String expected) {
        var polled = Optional.of(new CommandResult(status, "", exitCode, "", Optional.of(ran)));

        assertThat(text(Verdict.of(
                        polled,
                        SENT.plus(Duration.ofDays(3)),
                        new Following(1, SENT, false),
                        timeout(Duration.ofDays(14)))))
                .isEqualTo(expected);
    }

    @Test
    void of_whenTheCommandThatFollowsIsOverAtTheDeadline_isOutOfTime() {
        var polled = Optional.of(new CommandResult(CommandResult.Status.TIMED_OUT, "Execution Timed Out", 137, ""));

        assertThat(Verdict.of(
                        polled,
                        T0.plus(Duration.ofDays(14)),
                        new Following(6, T0.plus(Duration.ofDays(12)), false),
                        timeout(Duration.ofDays(14))))
                .isInstanceOfSatisfying(Verdict.OutOfTime.class, late -> assertThat(late.cause())
                        .contains("timeout_s (1209600 s since t0) was over"));
    }

    private static Verdict verdict(Optional<CommandResult> polled, Instant now) {
        return Verdict.of(polled, now, SENT, timeout(TIMEOUT));
    }

    private static Deadline timeout(Duration timeout) {
        return new Deadline(
                T0.plus(timeout), RunOutcome.TIMED_OUT, "timeout_s (" + timeout.toSeconds() + " s since t0) was over");
    }

    private static String text(Verdict verdict) {
        return verdict instanceof Verdict.Failed failed
                ? "Failed " + failed.outcome()
                : verdict.getClass().getSimpleName();
    }
}
