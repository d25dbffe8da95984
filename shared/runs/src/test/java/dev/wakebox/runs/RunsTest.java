package dev.wakebox.runs;

import static dev.wakebox.runs.InMemoryExecutions.START;
import static dev.wakebox.runs.InMemoryExecutions.STATE_MACHINE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.wakebox.cost.HourlyPrice;
import dev.wakebox.cost.InstanceUsage;
import dev.wakebox.cost.RunUsage;
import dev.wakebox.cost.VolumeUsage;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;

class RunsTest {
    private static final String RUNNING = """
            {"instance_parameters": {"InstanceId": "i-1"}, "command_id": "c-1", "run": {"attempt": 1,
             "history": [{"attempt": 0, "InstanceId": null, "outcome": "LAUNCH_FAILED", "cause": "No capacity."}],
             "logs": {"log_group": "/w/commands", "stdout_stream": "c-1/i-1/out", "stderr_stream": "c-1/i-1/err"}}}""";

    private final InMemoryExecutions executions = new InMemoryExecutions();
    private final Runs runs = new Runs(executions, STATE_MACHINE, 1);

    @Test
    void submit_whenNewOrTheSameAgain_returnsOneExecution() {
        String first = runs.submit("night-17", "{\"commands\": []}");

        assertThat(runs.submit("night-17", "{\"commands\": []}"))
                .isEqualTo(first)
                .endsWith(":execution:wakebox-ec2-run:night-17");
        assertThat(runs.submitted("night-17")).isEqualTo("{\"commands\": []}");
        assertThatThrownBy(() -> runs.submit("night-17", "{}"))
                .satisfies(e -> assertThat(((WakeboxException) e).code()).isEqualTo(ErrorCode.CONFLICT))
                .hasMessageContaining("\"night-17\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a b",
                "../x",
                "ä",
                "a:b",
                "123456789012345678901234567890123456789012345678901234567890123456789012345678901"
            })
    void submit_whenStepFunctionsWouldRefuseTheName_saysTheRule(String name) {
        assertThatThrownBy(() -> runs.submit(name, "{}"))
                .satisfies(e -> assertThat(((WakeboxException) e).field()).isEqualTo("name"))
                .hasMessageContaining("1 to 80 characters");
    }

    @Test
    void report_whenRunning_tellsStepsInstanceAndOutput() {
        var execution = executions.execution("a").enter("Prepare", 0, "{}").enter("EC2StarterFromAMI", 1, "{}");
        execution
                .leave("EC2StarterFromAMI", 2, "{}")
                .enter("WaitForInstance", 2, "{}")
                .enter("EC2StarterFromAMI", 8, "{}");
        execution
                .leave("EC2StarterFromAMI", 9, "{}")
                .enter("NextAttempt", 10, "{}")
                .enter("EC2StarterFromAMI", 11, "{}");
        execution
                .leave("EC2StarterFromAMI", 12, "{}")
                .enter("Commander", 12, "{}")
                .leave("Commander", 13, "{}");
        for (int poll = 0; poll < 30; poll++) {
            execution.enter("EC2Poller", 20 + poll * 5, "{}").leave("EC2Poller", 21 + poll * 5, RUNNING);
        }
        execution.enter("EC2Poller", 200, RUNNING);

        RunReport report = runs.report("a");

        assertThat(report.steps())
                .containsExactly(
                        new RunStep(0, "EC2StarterFromAMI", START.plusSeconds(1), Optional.of(START.plusSeconds(9)), 2),
                        new RunStep(
                                1, "EC2StarterFromAMI", START.plusSeconds(11), Optional.of(START.plusSeconds(12)), 1),
                        new RunStep(1, "Commander", START.plusSeconds(12), Optional.of(START.plusSeconds(13)), 1),
                        new RunStep(1, "EC2Poller", START.plusSeconds(20), Optional.empty(), 31));
        assertThat(report.ended()).isFalse();
        assertThat(report.instanceId()).contains("i-1");
        assertThat(report.commandId()).contains("c-1");
        assertThat(report.output()).contains(new OutputStreams("/w/commands", "c-1/i-1/out", "c-1/i-1/err"));
        assertThat(report.earlierAttempts())
                .containsExactly(new EarlierAttempt(0, Optional.empty(), "LAUNCH_FAILED", "No capacity."));
    }

    @Test
    void report_whenThePriceIsKnown_tellsIt() {
        executions.execution("a").enter("EC2Poller", 1, """
                {"run": {"attempt": 0, "launch": {"attempt": 0, "over": true, "usd_per_hour": {"instance": 0.0168}}}}""");

        assertThat(runs.report("a").usdPerHour())
                .contains(new HourlyPrice(Optional.of(new BigDecimal("0.0168")), Optional.empty()));
    }

    @Test
    void report_ofARunOfAnArray_namesTheArray() {
        executions.execution("night-17").enter("EC2Poller", 1, """
                {"run_options": {"array": {"index": 17, "execution": "arn:aws:states:eu-west-1:1:execution:w-ec2-run-array:night"}}}""");

        assertThat(runs.report("night-17").array()).contains("night");
    }

    @Test
    void output_ofARun_saysWhetherItHasEndedAtTheSameMoment() {
        executions.execution("a").enter("EC2Poller", 1, RUNNING);

        assertThat(runs.output("a"))
                .isEqualTo(new RunOutput(
                        false, Optional.of(new OutputStreams("/w/commands", "c-1/i-1/out", "c-1/i-1/err"))));
        executions.execution("a").status = ExecutionStatus.ABORTED;
        assertThat(runs.output("a").ended()).isTrue();
    }

    @Test
    void report_whenTheRunWaitsForASlotOrAQuota_isQueuedAndSaysForWhat() {
        String wanted = "{\"run\": {\"attempt\": 0, \"slot\": {\"wanted\": true}}}";
        executions.execution("a").enter("EC2StarterFromAMI", 1, wanted).enter("WaitForSlot", 2, wanted);
        executions.execution("b").enter("WaitForInstance", 2, """
                {"run": {"attempt": 0, "launch": {"attempt": 0, "over": false},
                 "quota": {"name": "Running On-Demand P instances", "code": "L-417A185B", "since": "2026-11-29T12:00:00Z",
                   "rounds": 1, "worthwhile": false}}}""");
        executions.execution("c").enter("EC2Poller", 2, RUNNING);

        assertThat(runs.report("a").status()).isEqualTo("QUEUED");
        assertThat(runs.report("a").waitingFor())
                .hasValueSatisfying(clause -> assertThat(clause).startsWith("a slot"));
        assertThat(runs.report("a").steps()).extracting(RunStep::state).endsWith("WaitForSlot");
        assertThat(runs.report("b").waitingFor())
                .contains(
                        "the account's quota \"Running On-Demand P instances\" (L-417A185B), since 2026-11-29T12:00:00Z;"
                                + " to raise it: https://console.aws.amazon.com/servicequotas/home/services/ec2/quotas/L-417A185B");
        assertThat(runs.list(Optional.empty(), 10, Optional.empty()).runs())
                .extracting(RunSummary::name, RunSummary::status)
                .containsExactlyInAnyOrder(tuple("a", "QUEUED"), tuple("b", "QUEUED"), tuple("c", "RUNNING"));

        runs.cancel("a", "not needed");
        assertThat(runs.report("a").status()).isEqualTo("ABORTED");
        assertThat(runs.report("a").waitingFor()).isEmpty();
    }

    @Test
    void report_whenTheRunWaitsForASlot_tellsItsPlace() {
        String wanted = "{\"run\": {\"slot\": {\"wanted\": true}}}";
        executions.execution("a").enter("EC2Poller", 2, RUNNING);
        executions.execution("b").enter("WaitForSlot", 2, wanted);
        executions.execution("c").enter("WaitForSlot", 2, wanted);
        executions.execution("d").status = ExecutionStatus.SUCCEEDED;

        assertThat(runs.report("a").place()).isEmpty();
        assertThat(runs.report("b").place()).contains(1);
        assertThat(runs.report("c").place()).contains(2);
        runs.cancel("b", "not needed");
        assertThat(runs.report("b").place()).isEmpty();
        assertThat(runs.report("c").place()).contains(1);
        assertThat(new Runs(executions, STATE_MACHINE, 0).report("c").place())
                .as("of a stack without a limit")
                .isEmpty();
    }

    @Test
    void list_ofAStackWithoutALimit_asksForNothingElse() {
        executions.execution("a").enter("WaitForSlot", 2, "{\"run\": {\"slot\": {\"wanted\": true}}}");

        assertThat(new Runs(executions, STATE_MACHINE, 0)
                        .list(Optional.empty(), 10, Optional.empty())
                        .runs())
                .extracting(RunSummary::status)
                .containsExactly("RUNNING");
    }

    @Test
    void report_whenFailed_takesTheDocumentFromTheHistory() {
        var execution =
                executions.execution("a").enter("EC2Stopper", 5, RUNNING).enter("Failed", 6, RUNNING);
        execution.status = ExecutionStatus.FAILED;
        execution.error = "COMMAND_FAILED";
        execution.cause = "Exit code 2.";
        execution.end = START.plusSeconds(7);

        RunReport report = runs.report(STATE_MACHINE.replace(":stateMachine:", ":execution:") + ":a");

        assertThat(report.outcome()).contains("COMMAND_FAILED");
        assertThat(report.cause()).contains("Exit code 2.");
        assertThat(report.instanceId()).contains("i-1");
        assertThat(report.attempt()).isEqualTo(1);
        assertThat(report.succeeded()).isFalse();
    }

    @Test
    void report_whenItsCostIsRecorded_tellsIt() {
        var execution = executions.execution("a");
        execution.status = ExecutionStatus.SUCCEEDED;
        execution.output = """
                {"outcome": "SUCCEEDED", "run": {"cost": {"attempts": [
                  {"attempt": 0, "seconds": 60, "usd_per_hour": {"instance": 0.6, "volumes": 0.06}, "usd": 0.011},
                  {"attempt": 1, "seconds": 60, "usd_per_hour": {"instance": 0.6}, "usd": 0.01}]}}}""";

        EstimatedCost cost = runs.report("a").cost().orElseThrow();

        assertThat(cost.usd()).isEqualByComparingTo("0.021");
        assertThat(cost.complete()).isFalse();
    }

    @Test
    void report_whenItsInstanceStaysForALook_tellsUntilWhenAndItsTrace() {
        var execution = executions.execution("a");
        execution.status = ExecutionStatus.SUCCEEDED;
        execution.output = """
                {"outcome": "COMMAND_FAILED", "stopped": {"action": "kept"}, "instance_parameters": {"InstanceId": "i-1"},
                 "run": {"attempt": 0, "trace": {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
                         "launch": {"attempt": 0, "candidate": 0, "instance_id": "i-1",
                         "end": {"at": "2026-03-02T06:30:00Z", "action": "terminateInstances", "scheduled": true}}}}""";

        RunReport report = runs.report("a");

        assertThat(report.keptUntil()).contains(Instant.parse("2026-03-02T06:30:00Z"));
        assertThat(report.traceparent()).contains("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        assertThat(report.reachableInstance(Instant.parse("2026-03-02T06:29:59Z")))
                .contains("i-1");
        assertThat(report.reachableInstance(Instant.parse("2026-03-02T06:30:00Z")))
                .isEmpty();
    }

    @Test
    void report_whenTheExecutionSucceedsAlways_takesTheOutcomeOfTheJob() {
        var execution = executions.execution("a");
        execution.status = ExecutionStatus.SUCCEEDED;
        execution.output = "{\"outcome\": \"OUTPUT_MISSING\", \"cause\": \"There is no object.\"}";

        RunReport report = runs.report("a");

        assertThat(report.outcome()).contains("OUTPUT_MISSING");
        assertThat(report.cause()).contains("There is no object.");
        assertThat(report.succeeded()).isFalse();
    }

    @Test
    void report_whenNothingHasHappenedYet_isEmpty() {
        executions.execution("a");

        assertThat(runs.report("a").steps()).isEmpty();
        assertThat(runs.report("a").outcome()).isEmpty();
    }

    @Test
    void watch_after25000Events_readsOnlyNewOnes() {
        var execution = executions.execution("a").enter("EC2Poller", 0, RUNNING);
        while (execution.events.size() < 25_000) {
            execution.leave("EC2Poller", execution.events.size(), RUNNING).enter("EC2Poller", 0, RUNNING);
        }
        RunWatch watch = runs.watch("a");
        assertThat(watch.poll().steps()).extracting(RunStep::times).containsExactly(12_501);
        executions.historyCalls = 0;
        executions.historyEvents = 0;

        assertThat(watch.poll().commandId()).contains("c-1");
        assertThat(executions.historyCalls).as("nothing is new").isEqualTo(1);
        execution.leave("EC2Poller", 99, RUNNING).enter("EC2Stopper", 100, RUNNING.replace("c-1", "c-2"));

        RunReport report = watch.poll();

        assertThat(report.commandId()).contains("c-2");
        assertThat(report.steps()).extracting(RunStep::state).containsExactly("EC2Poller", "EC2Stopper");
        assertThat(report.steps().getFirst().left()).contains(START.plusSeconds(99));
        assertThat(executions.historyCalls).isEqualTo(3);
        assertThat(executions.historyEvents).isLessThanOrEqualTo(210);
        for (int i = 0; i < 150; i++) {
            execution.enter("EC2Stopper", 101 + i, RUNNING);
        }
        assertThat(watch.poll().steps()).last().extracting(RunStep::times).isEqualTo(151);
    }

    @Test
    void cancel_endsARunningRunAndLeavesAnEndedOne() {
        executions.execution("a");

        assertThat(runs.cancel("a", "Enough.")).isTrue();
        assertThat(runs.cancel("a", "Again.")).isFalse();
        assertThat(runs.report("a").outcome()).contains("CANCELLED");
        assertThat(runs.report("a").cause()).contains("Enough.");
    }

    @Test
    void anything_whenTheRunIsUnknown_saysSo() {
        for (var call : List.<ThrowingCallable>of(
                () -> runs.report("b"), () -> runs.submitted("b"), () -> runs.cancel("b", ""))) {
            assertThatThrownBy(call)
                    .satisfies(e -> assertThat(((WakeboxException) e).code()).isEqualTo(ErrorCode.NOT_FOUND))
                    .hasMessageContaining("\"b\"");
        }
    }

    @Test
    void list_readsPagesAndStatus() {
        for (int i = 0; i < 5; i++) {
            executions.execution("run-" + i);
        }
        executions.execution("run-3").status = ExecutionStatus.SUCCEEDED;
        executions.execution("run-3").end = START.plusSeconds(90);

        RunPage first = runs.list(Optional.empty(), 3, Optional.empty());
        RunPage second = runs.list(Optional.empty(), 3, first.next());

        assertThat(first.runs()).extracting(RunSummary::name).containsExactly("run-0", "run-1", "run-2");
        assertThat(second.runs()).extracting(RunSummary::name).containsExactly("run-3", "run-4");
        assertThat(second.next()).isEmpty();
        assertThat(second.runs().getFirst().duration(START)).isEqualTo(Duration.ofSeconds(90));
        assertThat(second.runs().getLast().duration(START.plusSeconds(5))).isEqualTo(Duration.ofSeconds(5));
        assertThat(runs.list(Optional.of("SUCCEEDED"), 10, Optional.empty()).runs())
                .extracting(RunSummary::name)
                .containsExactly("run-3");
    }

    @Test
    void usage_ofTwoAttempts_readsInstancesInvocationsAndTransitions() {
        String document = """
                {"run": {"attempt": 1, "launch": {"attempt": 1, "launched_at": "2026-11-29T12:02:00Z",
                  "purchase": {"instance_type": "m8g.large", "spot": false, "zone": "eu-west-1b"}},
                 "stopping": {"attempt": 1, "since": "2026-11-29T12:05:00Z", "sizes": [{"type": "gp3", "gib": 64}]},
                 "history": [{"attempt": 0, "outcome": "SPOT_INTERRUPTED", "cause": "gone", "volumes": [],
                  "launch": {"launched_at": "2026-11-29T12:00:02Z",
                   "purchase": {"instance_type": "t4g.small", "spot": true, "zone": "eu-west-1a"}}}]}}""";
        var execution = executions.execution("a").enter("Prepare", 0, "{}").leave("Prepare", 0, "{}");
        execution
                .enter("EC2StarterFromAMI", 1, "{}")
                .task(1, false)
                .task(3, true)
                .task(5, false)
                .leave("EC2StarterFromAMI", 7, "{}");
        execution.enter("EC2Stopper", 60, "{}").leave("EC2Stopper", 62, "{}").enter("NextAttempt", 90, "{}");
        execution.enter("EC2Stopper", 300, "{}").leave("EC2Stopper", 301, document);

        RunUsage usage = runs.usage("a", START.plusSeconds(400));

        assertThat(usage.stateTransitions()).isEqualTo(6);
        assertThat(usage.invocations()).isEqualTo(4);
        assertThat(usage.lambdaTime()).isEqualTo(Duration.ofSeconds(2 + 2 + 2 + 1));
        assertThat(usage.instances())
                .containsExactly(
                        new InstanceUsage(
                                0,
                                "t4g.small",
                                true,
                                "eu-west-1a",
                                START.plusSeconds(2),
                                START.plusSeconds(60),
                                InstanceUsage.End.ENDED,
                                List.of()),
                        new InstanceUsage(
                                1,
                                "m8g.large",
                                false,
                                "eu-west-1b",
                                START.plusSeconds(120),
                                START.plusSeconds(300),
                                InstanceUsage.End.ENDED,
                                List.of(new VolumeUsage("gp3", 64))));
    }

    @Test
    void usage_whenTheRunIsRunningOrCancelled_endsThereAndNamesTheReaper() {
        String document = "{\"run\": {\"launch\": {\"launched_at\": \"2026-11-29T12:00:02Z\"}}}";
        executions.execution("a").enter("EC2Poller", 9, document);

        assertThat(runs.usage("a", START.plusSeconds(20)).instances())
                .singleElement()
                .satisfies(instance -> assertThat(instance.end()).isEqualTo(InstanceUsage.End.RUNNING))
                .satisfies(instance -> assertThat(instance.to()).isEqualTo(START.plusSeconds(20)))
                .satisfies(instance -> assertThat(instance.instanceType()).isEmpty());

        runs.cancel("a", "not needed");

        assertThat(runs.usage("a", START.plusSeconds(99)).instances())
                .singleElement()
                .satisfies(instance -> assertThat(instance.end()).isEqualTo(InstanceUsage.End.LEFT_TO_REAPER))
                .satisfies(instance -> assertThat(instance.to()).isEqualTo(START.plusSeconds(60)));
    }
}
