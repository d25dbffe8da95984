package dev.wakebox.functions.ec2poller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.command.CommandResult;
import dev.wakebox.compute.command.InMemoryCommands;
import dev.wakebox.compute.execution.Documents;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.launch.InMemoryRunResources;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EC2PollerHandlerTest {
    private static final Instant T0 = Instant.parse(Documents.STARTED_AT);
    private static final Clock TEN_MINUTES_IN = Clock.fixed(T0.plusSeconds(600), ZoneOffset.UTC);
    private static final RunDocument SENT = Documents.fixture("ec2-run-retry.json")
            .with("i-0aaaaaaaaaaaaaaaa", "instance_parameters", "InstanceId")
            .with("command-1", "command_id")
            .with(T0.plusSeconds(120).toString(), "run", "sent_at")
            .with(7, "run", "looks")
            .with("the/stderr", "run", "logs", "stderr_key");

    private static final RunDocument FOLLOWED = SENT.with(14 * 24 * 3600, "run_options", "timeout_s")
            .with(Map.of("number", 1, "sent_at", T0.plusSeconds(130).toString(), "over", false), "run", "following");

    private final InMemoryCommands commands = new InMemoryCommands(TEN_MINUTES_IN);
    private final InMemoryRunResources resources = new InMemoryRunResources();
    private final InMemoryObjectStore logs = new InMemoryObjectStore(TEN_MINUTES_IN);
    private final EC2PollerHandler handler = new EC2PollerHandler(commands, resources, logs, TEN_MINUTES_IN);

    @Test
    void poller_whenInProgress_saysWhenToLookAgain() {
        commands.set("command-1", new CommandResult(CommandResult.Status.IN_PROGRESS, "In Progress", -1, ""));

        RunDocument answer = invoke(handler, SENT);

        assertThat(answer.at("ii_pass")).isEqualTo(false);
        assertThat(answer.at("run", "looks")).isEqualTo(8);
        assertThat(answer.at("run", "wait_s")).isEqualTo(12);
        assertThat(answer.at("failure")).isNull();
    }

    @Test
    void poller_whenTheCommandThatFollowsIsOver_letsCommanderSendTheNextAndCountsThat() {
        commands.set("command-1", new CommandResult(CommandResult.Status.TIMED_OUT, "Execution Timed Out", 137, ""));
        resources.add("i-0aaaaaaaaaaaaaaaa", InstanceState.RUNNING, Map.of());

        RunDocument answer = invoke(handler, FOLLOWED);

        assertThat(answer.at("run", "following", "over")).isEqualTo(true);
        assertThat(answer.at("run", "looks")).isEqualTo(9);
        assertThat(answer.at("ii_pass")).isEqualTo(false);
        assertThat(answer.at("failure")).isNull();
    }

    @Test
    void poller_whenTheInstanceOfDetachedCommandsIsGone_fails() {
        commands.set("command-1", new CommandResult(CommandResult.Status.FAILED, "Failed", 137, ""));
        resources.add("i-0aaaaaaaaaaaaaaaa", InstanceState.TERMINATED, Map.of());

        assertThat(invoke(handler, FOLLOWED).text("failure", "cause").orElseThrow())
                .contains("was lost before the commands ended");
    }

    /** The last command that follows ends at once when the commands ended before. What it has is the line of the agent. */
    @Test
    void poller_whenTheLastThatFollowsHasLittle_quotesTheOneBeforeToo() {
        commands.set("command-1", new CommandResult(CommandResult.Status.FAILED, "Failed", 137, "exit status 137"));
        logs.put(
                "runs/command-0/stderr",
                "out of memory\n".getBytes(StandardCharsets.UTF_8),
                "text/plain",
                new Condition.Always());
        var document = FOLLOWED.with(T0.plusSeconds(590).toString(), "run", "following", "sent_at")
                .with("command-1/stdout", "run", "logs", "stdout_stream")
                .with("runs/command-1/stderr", "run", "logs", "stderr_key")
                .with(List.of("command-0"), "run", "logs", "earlier_command_ids");

        assertThat(invoke(handler, document).text("failure", "cause").orElseThrow())
                .isEqualTo(
                        "The commands failed with exit code 137. Standard error ended with: out of memory\nexit status 137");
    }

    /** A dollar a second: the commands may run until ten seconds before the amount is reached. */
    @ParameterizedTest
    @CsvSource({"613, 3, none", "610, , COST_LIMIT", "0.5, , COST_LIMIT"})
    void poller_whenTheRunHasMaxCost_endsItWhenThatIsUsedUp(String maxCost, @Nullable Integer wait, String outcome) {
        commands.set("command-1", new CommandResult(CommandResult.Status.IN_PROGRESS, "In Progress", -1, ""));
        RunDocument priced = SENT.with(maxCost, "run_options", "max_cost")
                .with(
                        Map.of(
                                "attempt", 0,
                                "launched_at", T0.toString(),
                                "usd_per_hour", Map.of("instance", 3600)),
                        "run",
                        "launch");

        RunDocument answer = invoke(handler, priced);

        assertThat(answer.text("failure", "outcome").orElse("none")).isEqualTo(outcome);
        if (wait != null) {
            assertThat(answer.at("run", "wait_s")).isEqualTo(wait);
        } else {
            assertThat(answer.text("failure", "cause").orElseThrow())
                    .isEqualTo("The commands still ran when max_cost (" + maxCost
                            + " USD) was used up, and were cancelled.");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "RUNNING, , 11, none",
        "STOPPING, , 11, it is stopping.",
        "TERMINATED, Server.SpotInstanceTermination, 11, it is terminated (Server.SpotInstanceTermination).",
        "TERMINATED, , 10, none"
    })
    void poller_whenEverySixthLook_asksEc2WhetherTheInstanceIsStillThere(
            InstanceState state, @Nullable String reason, int pollsBefore, String cause) {
        commands.set("command-1", new CommandResult(CommandResult.Status.IN_PROGRESS, "In Progress", -1, ""));
        resources.add("i-0aaaaaaaaaaaaaaaa", state, Map.of());
        resources.set("i-0aaaaaaaaaaaaaaaa", state, reason);

        var answer = String.valueOf(invoke(handler, SENT.with(pollsBefore, "run", "looks"))
                .text("failure", "cause")
                .orElse("none"));

        assertThat(answer).contains(cause);
    }

    @ParameterizedTest
    @CsvSource({
        "IN_PROGRESS, true, Server.SpotInstanceTermination, INTERRUPTED",
        "IN_PROGRESS, false, Server.SpotInstanceShutdown, INTERRUPTED",
        "IN_PROGRESS, true, Client.UserInitiatedShutdown, COMMAND_FAILED",
        "FAILED, true, Server.SpotInstanceTermination, INTERRUPTED",
        "FAILED, true, Client.UserInitiatedShutdown, COMMAND_FAILED",
        "FAILED, false, Server.SpotInstanceTermination, COMMAND_FAILED"
    })
    void poller_whenTheInstanceIsGone_tellsAnInterruptionFromAFailure(
            CommandResult.Status status, boolean spot, String reason, String outcome) {
        commands.set("command-1", new CommandResult(status, "Failed", 143, ""));
        resources.add("i-0aaaaaaaaaaaaaaaa", InstanceState.RUNNING, Map.of());
        resources.set("i-0aaaaaaaaaaaaaaaa", InstanceState.SHUTTING_DOWN, reason);
        resources.setConsole(
                "i-0aaaaaaaaaaaaaaaa", "\u001b[32mOK\u001b[0m\r\n" + "x".repeat(2_000) + "\r\nthe end\r\n");

        RunDocument answer = invoke(handler, purchased(SENT.with(5, "run", "looks"), spot));

        assertThat(answer.at("failure", "outcome")).isEqualTo(outcome);
        assertThat(answer.at("failure", "permanent")).isEqualTo(false);
        if (outcome.equals("INTERRUPTED")) {
            assertThat(answer.at("failure", "cause"))
                    .asString()
                    .startsWith("The instance i-0aaaaaaaaaaaaaaaa was lost before the commands ended: it is"
                            + " shutting-down (" + reason + "). Its console ended with: …xxx")
                    .endsWith("xxx\nthe end")
                    .hasSizeLessThan(1_200);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void poller_whenEc2DoesNotAnswerAboutFailedCommands_reportsTheirFailure(boolean answers) {
        commands.set("command-1", new CommandResult(CommandResult.Status.FAILED, "Failed", 3, ""));
        resources.add("i-0aaaaaaaaaaaaaaaa", InstanceState.RUNNING, Map.of());
        resources.fail(() -> !answers, () -> false);

        assertThat(invoke(handler, purchased(SENT, true)).at("failure", "cause"))
                .isEqualTo("The commands failed with exit code 3.");
    }

    @Test
    void poller_whenTheConsoleCannotBeRead_saysWhatItKnows() {
        commands.set("command-1", new CommandResult(CommandResult.Status.IN_PROGRESS, "In Progress", -1, ""));
        resources.add("i-0aaaaaaaaaaaaaaaa", InstanceState.RUNNING, Map.of());
        resources.set("i-0aaaaaaaaaaaaaaaa", InstanceState.TERMINATED, "Server.SpotInstanceTermination");
        var calls = new AtomicInteger();
        resources.fail(() -> calls.incrementAndGet() == 2, () -> false);

        RunDocument answer = invoke(handler, SENT.with(5, "run", "looks"));

        assertThat(answer.at("failure", "outcome")).isEqualTo("INTERRUPTED");
        assertThat(answer.at("failure", "cause")).asString().endsWith("terminated (Server.SpotInstanceTermination).");
    }

    private static RunDocument purchased(RunDocument document, boolean spot) {
        return document.with(
                Map.of("purchase", Map.of("instance_type", "t4g.small", "spot", spot, "zone", "eu-west-1a")),
                "run",
                "launch");
    }

    @Test
    void poller_whenEc2DoesNotKnowTheInstance_failsTheRun() {
        commands.set("command-1", new CommandResult(CommandResult.Status.IN_PROGRESS, "In Progress", -1, ""));

        assertThat(invoke(handler, SENT.with(5, "run", "looks")).at("failure", "cause"))
                .isEqualTo(
                        "The instance i-0aaaaaaaaaaaaaaaa was lost before the commands ended: it is unknown to EC2.");
    }

    @Test
    void poller_whenSuccess_passes() {
        commands.set("command-1", new CommandResult(CommandResult.Status.SUCCESS, "Success", 0, ""));

        assertThat(invoke(handler, SENT).at("ii_pass")).isEqualTo(true);
    }

    @Test
    void poller_whenFailed_hasTheExitCodeAndTheEndOfStandardError() {
        commands.set("command-1", new CommandResult(CommandResult.Status.FAILED, "Failed", 3, "x: no such file\n"));

        RunDocument answer = invoke(handler, SENT);

        assertThat(answer.at("failure", "outcome")).isEqualTo("COMMAND_FAILED");
        assertThat(answer.at("failure", "cause"))
                .isEqualTo("The commands failed with exit code 3. Standard error ended with: x: no such file");
    }

    @Test
    void poller_whenStandardErrorIsLong_readsItsEndFromS3() {
        String kept = "k".repeat(8_000);
        commands.set("command-1", new CommandResult(CommandResult.Status.FAILED, "Failed", 3, kept));
        logs.put(
                "the/stderr",
                ("a".repeat(9 << 20) + "the end").getBytes(StandardCharsets.UTF_8),
                "text/plain",
                new Condition.Always());

        assertThat(invoke(handler, SENT).at("failure", "cause"))
                .asString()
                .hasSizeLessThan(2_200)
                .endsWith("aaathe end");
    }

    @Test
    void poller_whenStandardErrorIsNotInS3_saysThatItHasTheBeginningOnly() {
        String kept = "first" + "k".repeat(7_995);
        commands.set("command-1", new CommandResult(CommandResult.Status.FAILED, "Failed", 3, kept));
        String beginning = "Standard error began with: firstkkk";
        assertThat(invoke(handler, SENT).at("failure", "cause"))
                .asString()
                .contains(beginning)
                .hasSizeLessThan(2_200)
                .endsWith("kkk…");

        logs.failOn("get", "the/stderr", new WakeboxException(ErrorCode.INTERNAL, "AccessDenied"));
        assertThat(invoke(handler, SENT).at("failure", "cause")).asString().contains(beginning);
    }

    @Test
    void poller_whenStandardErrorIsBlank_leavesItOut() {
        commands.set("command-1", new CommandResult(CommandResult.Status.FAILED, "Failed", 3, " \n".repeat(10)));

        assertThat(invoke(handler, SENT).at("failure", "cause")).isEqualTo("The commands failed with exit code 3.");
    }

    @Test
    void poller_whenTheTimeIsUp_cancelsTheCommand() {
        commands.set("command-1", new CommandResult(CommandResult.Status.IN_PROGRESS, "In Progress", -1, ""));
        RunDocument answer = invoke(late(), SENT);

        assertThat(commands.cancelled()).containsExactly("command-1");
        assertThat(answer.at("failure", "outcome")).isEqualTo("TIMED_OUT");
        assertThat(answer.at("failure", "cause")).asString().contains("3600 s since t0");
    }

    @Test
    void poller_whenTheTimeIsUpButNothingCanBeCancelled_isTimedOutAllTheSame() {
        commands.set("command-1", new CommandResult(CommandResult.Status.IN_PROGRESS, "In Progress", -1, ""));
        commands.failToCancel(new WakeboxException(ErrorCode.INTERNAL, "AccessDenied."));

        assertThat(invoke(late(), SENT).at("failure", "outcome")).isEqualTo("TIMED_OUT");
    }

    @Test
    void poller_whenSystemsManagerIsAway_looksAgain() {
        commands.fail(new WakeboxException(ErrorCode.UNAVAILABLE, "Cannot poll."));

        RunDocument answer = invoke(handler, SENT);

        assertThat(answer.at("failure")).isNull();
        assertThat(answer.at("ii_pass")).isEqualTo(false);
        assertThat(answer.at("run", "looks")).isEqualTo(8);
        assertThat(answer.at("run", "wait_s")).isEqualTo(12);
    }

    @Test
    void poller_whenSystemsManagerDoesNotKnowALostInstance_failsTheRun() {
        commands.fail(new WakeboxException(ErrorCode.UNAVAILABLE, "The instance does not answer Systems Manager."));
        resources.add("i-0aaaaaaaaaaaaaaaa", InstanceState.RUNNING, Map.of());
        resources.set("i-0aaaaaaaaaaaaaaaa", InstanceState.TERMINATED, "Server.InternalError");

        assertThat(invoke(handler, SENT.with(5, "run", "looks")).at("failure", "cause"))
                .asString()
                .contains("was lost before the commands ended", "Server.InternalError");
    }

    @Test
    void poller_whenEc2IsAway_looksAgain() {
        commands.set("command-1", new CommandResult(CommandResult.Status.IN_PROGRESS, "In Progress", -1, ""));
        resources.fail(() -> true, () -> false);

        RunDocument answer = invoke(handler, SENT.with(5, "run", "looks"));

        assertThat(answer.at("failure")).isNull();
        assertThat(answer.at("run", "looks")).isEqualTo(6);
    }

    @Test
    void poller_whenSystemsManagerIsAwayAtTheDeadline_throwsForStepFunctionsToRetry() {
        commands.fail(new WakeboxException(ErrorCode.UNAVAILABLE, "Cannot poll."));

        assertThatExceptionOfType(WakeboxException.class).isThrownBy(() -> invoke(late(), SENT));
    }

    @Test
    void poller_whenRefused_failsTheRun() {
        commands.fail(new WakeboxException(ErrorCode.INTERNAL, "Cannot poll: AccessDeniedException."));

        assertThat(invoke(handler, SENT).at("failure", "cause")).isEqualTo("Cannot poll: AccessDeniedException.");
    }

    @Test
    void poller_whenNothingWasSent_saysSo() {
        var nothingSent = Documents.fixture("ec2-run-simple.json");

        assertThat(invoke(handler, nothingSent).at("failure", "cause"))
                .isEqualTo("There is no command to poll; Commander sent none.");
    }

    private EC2PollerHandler late() {
        return new EC2PollerHandler(commands, resources, logs, Clock.fixed(T0.plusSeconds(3_600), ZoneOffset.UTC));
    }

    private static RunDocument invoke(EC2PollerHandler handler, RunDocument document) {
        return RunDocument.of(JsonObject.copyOf(Invocation.of(handler, Json.string(document.json()))));
    }
}
