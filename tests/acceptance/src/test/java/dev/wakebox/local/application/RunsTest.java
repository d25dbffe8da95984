package dev.wakebox.local.application;

import static dev.wakebox.local.application.RunningApplication.A_WHILE;
import static dev.wakebox.local.application.RunningApplication.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.Sha256;
import dev.wakebox.runtime.TraceContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionAlreadyExistsException;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.sfn.model.HistoryEventType;
import software.amazon.awssdk.services.sfn.model.SfnException;
import software.amazon.awssdk.services.sfn.model.ValidationException;

/**
 * Commands on temporary instances from outside: Step Functions, EC2 and Systems Manager, with the real template,
 * functions and processes. Tags of the instances request faults. The commands are counted in files on this computer
 * outside of the instances. The tests run concurrently, because they mostly wait, each with its own executions. Tests
 * that start many executions, or that sweep, run one after the other.
 */
@Execution(ExecutionMode.CONCURRENT)
class RunsTest {
    /** Held by a test that starts many executions: two such tests at once would slow others beyond their timeouts. */
    private static final String MANY = "many executions at once";

    /** Held by a test that creates or ends orphans: a sweep ends the orphans of all tests. */
    private static final String ORPHANS = "orphans";

    private static final Path GIVEN = Path.of("/work/shared/data/executions");
    private static final String CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final int AT_ONCE = 50;
    private static final AtomicInteger NAMES = new AtomicInteger();

    private static final Map<String, String> FUNCTIONS = Map.of(
            "EC2StarterFromAMI", "ec2-starter-from-ami",
            "Commander", "commander",
            "EC2Poller", "ec2-poller",
            "RunChecker", "run-checker",
            "EC2Stopper", "ec2-stopper");

    @TempDir
    static Path directory;

    @TempDir
    static Path counts;

    static RunningApplication app;

    @BeforeAll
    static void start() {
        app = RunningApplication.start(directory, Map.of());
    }

    @AfterAll
    static void stop() {
        try {
            await("no instance of any test is left", A_WHILE, () -> app.instancesLeft()
                    .isEmpty());
        } finally {
            app.close();
        }
    }

    /**
     * A fault and its expected outcome.
     *
     * @param faults see {@code dev.wakebox.local.ec2.Fault}
     * @param options of the run, in addition to the usual ones
     * @param command the command after the counted one
     * @param cause texts that the cause must contain
     * @param instances number of launched instances
     * @param ran how often the commands were started
     */
    record Row(
            String name,
            List<String> faults,
            Map<String, Object> options,
            String command,
            String outcome,
            List<String> cause,
            int instances,
            int ran) {
        Map<String, Object> document(String execution) {
            return RunsTest.document(faults, options, counted(execution), command);
        }
    }

    static List<Row> rows() {
        return List.of(
                new Row(
                        "launch refused",
                        List.of("RunInstances=UnauthorizedOperation"),
                        Map.of("n_retries_allowed", 2),
                        "true",
                        "LAUNCH_FAILED",
                        List.of("EC2 refused", "UnauthorizedOperation"),
                        0,
                        0),
                new Row(
                        "no capacity anywhere",
                        List.of("RunInstances=InsufficientInstanceCapacity times=always"),
                        Map.of("ii_cheapo", true, "instance_types", List.of("t4g.large")),
                        "true",
                        "LAUNCH_FAILED",
                        List.of("InsufficientInstanceCapacity", "t4g.small", "t4g.large", "spot", "on-demand"),
                        0,
                        0),
                new Row(
                        "capacity in the second type only",
                        List.of("RunInstances=InsufficientInstanceCapacity type=t4g.small times=always"),
                        Map.of("instance_types", List.of("t4g.large")),
                        "true",
                        "SUCCEEDED",
                        List.of("Every command succeeded"),
                        1,
                        1),
                new Row(
                        "spot refused",
                        List.of("RunInstances=MaxSpotInstanceCountExceeded market=spot times=always"),
                        Map.of("ii_cheapo", true),
                        "true",
                        "SUCCEEDED",
                        List.of("Every command succeeded"),
                        1,
                        1),
                new Row(
                        "stuck pending",
                        List.of("stuck-pending"),
                        Map.of("timeout_s", 20),
                        "true",
                        "TIMED_OUT",
                        List.of("did not get to run", "timeout_s"),
                        1,
                        0),
                new Row(
                        "agent never online",
                        List.of("agent-offline"),
                        Map.of("timeout_s", 45),
                        "true",
                        "TIMED_OUT",
                        List.of("agent did not come online", "timeout_s"),
                        1,
                        0),
                new Row(
                        "agent comes and goes",
                        List.of("agent-flapping=2"),
                        Map.of(),
                        "sleep 3",
                        "SUCCEEDED",
                        List.of("Every command succeeded"),
                        1,
                        1),
                new Row(
                        "AWS's clock is ahead",
                        List.of("clock-skew=900"),
                        Map.of(),
                        "true",
                        "SUCCEEDED",
                        List.of("Every command succeeded"),
                        1,
                        1),
                new Row(
                        "AWS's clock is behind",
                        List.of("clock-skew=-900"),
                        Map.of(),
                        "echo no >&2; exit 3",
                        "COMMAND_FAILED",
                        List.of("exit code 3"),
                        1,
                        1),
                new Row(
                        "instance profile made a moment ago",
                        List.of("RunInstances=InvalidParameterValue times=1 message=Value (runs) for parameter"
                                + " iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name"),
                        Map.of(),
                        "true",
                        "SUCCEEDED",
                        List.of("Every command succeeded"),
                        1,
                        1),
                new Row(
                        "another parameter is wrong",
                        List.of(
                                "RunInstances=InvalidParameterValue message=Value (x) for parameter keyName is invalid"),
                        Map.of("n_retries_allowed", 2),
                        "true",
                        "LAUNCH_FAILED",
                        List.of("EC2 refused", "InvalidParameterValue"),
                        0,
                        0),
                anotherAttempt("VolumeLimitExceeded"),
                anotherAttempt("NetworkInterfaceLimitExceeded"),
                anotherAttempt("PendingVerification"),
                new Row(
                        "a quota at first",
                        List.of("RunInstances=VcpuLimitExceeded times=1"),
                        Map.of("retry_backoff_base_s", 1),
                        "true",
                        "SUCCEEDED",
                        List.of("Every command succeeded"),
                        1,
                        1),
                new Row(
                        "a limit of the account in every attempt",
                        List.of("RunInstances=MaxIOPSLimitExceeded"),
                        Map.of("n_retries_allowed", 1, "retry_backoff_base_s", 1),
                        "true",
                        "LAUNCH_FAILED",
                        List.of("MaxIOPSLimitExceeded", "It is a limit of the account"),
                        0,
                        0),
                new Row(
                        "no volume capacity for the first type",
                        List.of("RunInstances=InsufficientVolumeCapacity type=t4g.small times=always"),
                        Map.of("instance_types", List.of("t4g.large")),
                        "true",
                        "SUCCEEDED",
                        List.of("Every command succeeded"),
                        1,
                        1),
                new Row(
                        "SendCommand throttled",
                        List.of("SendCommand=ThrottlingException times=2"),
                        Map.of(),
                        "true",
                        "SUCCEEDED",
                        List.of("Every command succeeded"),
                        1,
                        1),
                new Row(
                        "SendCommand throttled beyond the client's own tries",
                        List.of("SendCommand=ThrottlingException times=7"),
                        Map.of(),
                        "true",
                        "SUCCEEDED",
                        List.of("Every command succeeded"),
                        1,
                        1),
                new Row(
                        "TerminateInstances throttled",
                        List.of("TerminateInstances=RequestLimitExceeded times=4"),
                        Map.of(),
                        "true",
                        "SUCCEEDED",
                        List.of("Every command succeeded"),
                        1,
                        1),
                new Row(
                        "command exits 3",
                        List.of(),
                        Map.of(),
                        "echo no such thing >&2; exit 3",
                        "COMMAND_FAILED",
                        List.of("exit code 3", "no such thing"),
                        1,
                        1),
                new Row(
                        "command hangs",
                        List.of(),
                        Map.of("timeout_s", 50),
                        "sleep 600",
                        "TIMED_OUT",
                        List.of("The commands still ran", "timeout_s", "50 s since t0"),
                        1,
                        1),
                new Row(
                        "output missing",
                        List.of(),
                        Map.of("ii_check_s3", Map.of("bucket", app.bucket, "prefix", "no/such/output")),
                        "true",
                        "OUTPUT_MISSING",
                        List.of("no object", "no/such/output"),
                        1,
                        1),
                new Row(
                        "instance killed",
                        List.of("kill=45"),
                        Map.of(),
                        "sleep 600",
                        "COMMAND_FAILED",
                        List.of("was lost before the commands ended"),
                        1,
                        1),
                new Row(
                        "spot interruption",
                        List.of("interrupt=45"),
                        Map.of("ii_cheapo", true),
                        "sleep 600",
                        "INTERRUPTED",
                        List.of("was lost before the commands ended", "Server.SpotInstanceTermination"),
                        1,
                        1),
                crash("EC2StarterFromAMI", "times=2", "SUCCEEDED", "Every command succeeded", 1),
                crash("Commander", "times=2", "SUCCEEDED", "Every command succeeded", 1),
                crash("EC2Poller", "times=2", "SUCCEEDED", "Every command succeeded", 1),
                crash("RunChecker", "times=2", "SUCCEEDED", "Every command succeeded", 1),
                crash("EC2Stopper", "times=2", "SUCCEEDED", "Every command succeeded", 1),
                crash("EC2StarterFromAMI", "times=always", "LAUNCH_FAILED", "EC2StarterFromAMI failed", 0),
                crash("Commander", "times=always", "COMMAND_FAILED", "Commander failed", 1),
                crash("EC2Poller", "times=always", "COMMAND_FAILED", "EC2Poller failed", 1),
                crash("RunChecker", "times=always", "OUTPUT_MISSING", "RunChecker failed", 1),
                crash("EC2Stopper", "times=always", "SUCCEEDED", "Every command succeeded", 1));
    }

    /** EC2 refuses the first attempt with this code, and n_retries_allowed gives another. */
    private static Row anotherAttempt(String code) {
        return new Row(
                code + " at first",
                List.of("RunInstances=" + code + " attempt=0"),
                Map.of("n_retries_allowed", 1, "retry_backoff_base_s", 1),
                "true",
                "SUCCEEDED",
                List.of("Every command succeeded"),
                1,
                1);
    }

    /** A function's process crashes after its work and before its answer. */
    private static Row crash(String function, String times, String outcome, String cause, int ran) {
        return new Row(
                function + " crashes, " + times,
                List.of("crash=" + function + " " + times),
                Map.of(),
                "true",
                outcome,
                List.of(cause),
                1,
                ran);
    }

    /** Starts all of them at the same time; a separate test checks each. */
    @TestFactory
    @ResourceLock(MANY)
    Stream<DynamicTest> execution_whenSomethingGoesWrong_endsAsTheTableSaysAndLeavesNothing() {
        Map<Row, String> executions = new LinkedHashMap<>();
        for (Row row : rows()) {
            String name = name(row.name());
            executions.put(row, app.startExecution(name, row.document(name)));
        }
        return executions.entrySet().stream()
                .map(each -> DynamicTest.dynamicTest(
                        each.getKey().name(), () -> endsAsTheTableSays(each.getKey(), each.getValue())));
    }

    private static void endsAsTheTableSays(Row row, String execution) {
        var end = ends(execution, row.outcome(), row.instances(), row.ran());

        assertThat(cause(end)).contains(row.cause());
    }

    @Test
    @ResourceLock(ORPHANS)
    void execution_whenStoppedByHand_isEndedByTheReaper() throws IOException {
        String name = name("stopped");
        String execution = app.startExecution(
                name, document(List.of(), Map.of("traceparent", CALLER), counted(name), "sleep 600"));
        await("the commands run", A_WHILE, () -> ran(name) == 1);

        app.stepFunctions.stopExecution(request -> request.executionArn(execution));
        await("the outcome is published", A_WHILE, () -> app.outcomes().containsKey(execution));

        assertThat(app.describe(execution).status()).isEqualTo(ExecutionStatus.ABORTED);
        assertThat(app.outcomes().get(execution))
                .containsEntry("outcome", "CANCELLED")
                .containsEntry("cause", "The execution was stopped from outside.")
                .containsEntry("traceparent", child(CALLER, execution));
        leftNothing(execution, 1, 1);
        await("it is counted", A_WHILE, () -> !metrics("reaper", name).isEmpty());
        assertThat(metrics("reaper", name).getFirst()).containsEntry("Outcome", "CANCELLED");
    }

    /** Step Functions deletes executions with their state machine, without an event. */
    @Test
    @ResourceLock(ORPHANS)
    void execution_whenTheStateMachineIsDeleted_isEndedByTheSecondSweepThatSeesIt() throws IOException {
        String name = name("deleted");
        var stateMachine = app.stepFunctions.describeStateMachine(request -> request.stateMachineArn(app.stateMachine));
        String copy = app.stepFunctions
                .createStateMachine(request -> request.name("wakebox-ec2-run-" + name)
                        .definition(stateMachine.definition())
                        .roleArn(stateMachine.roleArn()))
                .stateMachineArn();
        // its role has no permission for executions of a copy
        app.allow("reaper", "states:DescribeExecution", copy.replace(":stateMachine:", ":execution:") + ":*");
        String execution = app.startExecution(copy, name, document(List.of(), Map.of(), counted(name), "sleep 600"));
        await("the commands run", A_WHILE, () -> ran(name) == 1);

        app.stepFunctions.deleteStateMachine(request -> request.stateMachineArn(copy));
        sweepTwice();

        assertThatThrownBy(() -> app.describe(execution)).isInstanceOf(ExecutionDoesNotExistException.class);
        leftNothing(execution, 1, 1);
    }

    /** Issue 16, point 11. The second attempt ends the run; an invocation that is repeated on a busy computer counts it again. */
    @Test
    void execution_inATrace_passesItOnAndIsCountedWhenItEnds() {
        String name = name("traced");
        var options = Map.<String, Object>of(
                "traceparent", CALLER, "tracestate", "congo=t61", "n_retries_allowed", 1, "retry_backoff_base_s", 1);
        String execution =
                app.startExecution(name, document(List.of(), options, "echo \"$TRACEPARENT $TRACESTATE\"", "exit 3"));
        app.awaitEnd(execution, A_WHILE);
        await("the outcome is published", A_WHILE, () -> app.outcomes().containsKey(execution));

        String run = child(CALLER, execution);
        var outcome = app.outcomes().get(execution);
        assertThat(outcome)
                .containsEntry("attempt", 1)
                .containsEntry("traceparent", run)
                .containsEntry("tracestate", "congo=t61");
        assertThat(app.object(String.valueOf(((Map<?, ?>) outcome.get("logs")).get("stdout_key"))))
                .hasValue(child(run, "1") + " congo=t61\n");
        await("it is counted", A_WHILE, () -> !metrics("ec2-stopper", name).isEmpty());
        assertThat(metrics("ec2-stopper", name)).allSatisfy(line -> assertThat(line)
                .containsEntry("Stack", "wakebox")
                .containsEntry("Outcome", "COMMAND_FAILED")
                .containsEntry("RunsEnded", 1)
                .containsEntry("RunAttempts", 2)
                .containsKeys("_aws", "RunDuration", "TimeToCommands"));
        assertThat(((Map<?, ?>) app.fact("outputs")).get("DashboardUrl"))
                .asString()
                .endsWith("#dashboards/dashboard/wakebox-us-east-1");
    }

    private static String child(String place, String of) {
        return TraceContext.of(place, null).orElseThrow().child(of).traceparent();
    }

    /** The lines of a function's log from which CloudWatch makes metrics of a run. */
    private static List<JsonObject> metrics(String function, String run) {
        return app.log(function)
                .lines()
                .filter(line -> line.startsWith("{\"_aws\"") && line.contains("\"Run\":\"" + run + "\""))
                .map(line -> Json.object(line.getBytes(UTF_8)))
                .toList();
    }

    @Test
    void execution_whenOver_hasItsOutputInS3AndCloudWatchLogsAndIsPublished() throws IOException {
        String name = name("output");
        String execution =
                app.startExecution(name, document(List.of(), Map.of(), "echo out", "echo; echo err >&2; exit 4"));

        var end = app.awaitEnd(execution, A_WHILE);
        await("the outcome is published", A_WHILE, () -> app.outcomes().containsKey(execution));

        var outcome = app.outcomes().get(execution);
        assertThat(outcome)
                .containsEntry("outcome", "COMMAND_FAILED")
                .containsEntry("name", name)
                .containsEntry("cause", end.cause());
        var logs = (Map<?, ?>) outcome.get("logs");
        assertThat(app.object(String.valueOf(logs.get("stdout_key")))).hasValue("out\n\n");
        assertThat(app.object(String.valueOf(logs.get("stderr_key"))).orElse(""))
                .startsWith("err\n");
        String group = String.valueOf(logs.get("log_group"));
        assertThat(app.logLines(group, String.valueOf(logs.get("stdout_stream"))))
                .startsWith("out");
        assertThat(app.logLines(group, String.valueOf(logs.get("stderr_stream"))))
                .startsWith("err");
    }

    /** A spot instance's loss is no failure: {@code on_interrupt} saves, and the next attempt continues on demand. */
    @Test
    void execution_whenItsSpotInstanceIsTakenBack_savesOnTheWarningAndContinuesInAnotherAttempt() {
        String name = name("interrupted");
        Path saved = counts.resolve(name + "-saved");
        String execution = app.startExecution(
                name,
                document(
                        List.of("interrupt=60 attempt=0"),
                        Map.of(
                                "ii_cheapo",
                                true,
                                "n_interruptions_allowed",
                                1,
                                "retry_backoff_base_s",
                                1,
                                "on_interrupt",
                                List.of("echo \"$WAKEBOX_ATTEMPT $WAKEBOX_CHECKPOINT\" >> " + saved)),
                        counted(name),
                        "[ \"$WAKEBOX_ATTEMPT\" = 1 ] || sleep 600",
                        "test -s " + saved));

        var end = ends(execution, "SUCCEEDED", 2, 2);

        assertThat(saved).hasContent("0 s3://" + app.bucket + "/runs/" + name + "/checkpoint/");
        var run = Json.object(end.output().getBytes(UTF_8)).object("run");
        assertThat(run).containsEntry("interruptions", 1);
        assertThat(run.object("launch").object("purchase")).containsEntry("spot", false);
        assertThat(run.objects("history")).singleElement().satisfies(first -> {
            assertThat(first).containsEntry("outcome", "INTERRUPTED");
            assertThat(first.text("cause")).contains("Server.SpotInstanceTermination", "Its console ended with: ");
        });
    }

    /** By local/prices.json, the amount pays a spot t4g.small with 8 GiB for 42 s, of which ten are for the end. */
    @Test
    void execution_whenItsMaxCostIsUsedUp_endsAndSaysWhatItCost() {
        String execution = app.startExecution(
                name("cost"),
                document(
                        List.of(),
                        Map.of("ii_cheapo", true, "n_retries_allowed", 3, "max_cost", 0.00009),
                        "sleep 250"));

        var end = ends(execution, "COST_LIMIT", 1, 0);
        await("the outcome is published", A_WHILE, () -> app.outcomes().containsKey(execution));

        assertThat(cause(end)).contains("max_cost (0.00009 USD) was used up");
        assertThat(app.outcomes().get(execution)).containsEntry("attempt", 0);
        var cost = (Map<?, ?>) app.outcomes().get(execution).get("cost");
        assertThat(((Number) cost.get("usd")).doubleValue()).isBetween(0.00008, 0.001);
        assertThat(String.valueOf(cost.get("text"))).startsWith("It cost a");
        assertThat(app.instancesOf(execution).getFirst().tags())
                .extracting(Tag::key)
                .contains("wakebox:cost");
    }

    @Test
    void execution_whenItHasTags_putsThemOnInstanceAndVolume() {
        String execution = app.startExecution(
                name("tags"),
                document(List.of(), Map.of("tags", Map.of("Team", "rivers"), "ii_terminate_instance", false), "true"));
        var ofExecution =
                Filter.builder().name("tag:wakebox:execution").values(execution).build();
        var team = Tag.builder().key("Team").value("rivers").build();

        ends(execution, "SUCCEEDED", 1, 0);

        assertThat(app.instancesOf(execution).getFirst().tags()).contains(team);
        assertThat(app.ec2
                        .describeVolumes(request -> request.filters(ofExecution))
                        .volumes())
                .singleElement()
                .satisfies(volume -> assertThat(volume.tags()).contains(team));
    }

    @Test
    void execution_whenTheInputIsNoDocument_endsAsFailedLaunchAndIsPublished() {
        String execution = app.stepFunctions
                .startExecution(request -> request.stateMachineArn(app.stateMachine)
                        .name(name("none"))
                        .input("[]"))
                .executionArn();

        assertThat(outcome(app.awaitEnd(execution, A_WHILE))).isEqualTo("LAUNCH_FAILED");
        await("the outcome is published", A_WHILE, () -> app.outcomes().containsKey(execution));
        assertThat(String.valueOf(app.outcomes().get(execution).get("cause"))).contains("not a JSON object");
    }

    @Test
    @ResourceLock(ORPHANS)
    void execution_whenStoppedAndItsEventIsLost_isEndedByTheSecondSweepThatSeesIt() {
        String name = name("unheard");
        String execution = app.startExecution(name, document(List.of("stuck-pending"), Map.of(), counted(name)));
        await("the instance is there", A_WHILE, () -> !app.instancesOf(execution)
                .isEmpty());
        app.stepFunctions.stopExecution(request -> request.executionArn(execution));

        sweepTwice();

        leftNothing(execution, 1, 0);
    }

    @Test
    void execution_whenTheDocumentIsBad_tellsEveryMistakeWithItsPlaceAndLaunchesNothing() throws IOException {
        var bad =
                Json.object(Files.readAllBytes(Path.of(System.getProperty("wakebox.root"), "events/ec2-run-bad.json")));

        String execution = app.startExecution(name("bad"), bad);
        var end = ends(execution, "LAUNCH_FAILED", 0, 0);

        assertThat(cause(end))
                .contains(
                        "nothing was launched",
                        "$.commands[1]",
                        "$.commands[2]",
                        "$.instance_parameters.ImageId",
                        "$.instance_parameters.InstanceType",
                        "$.instance_parameters.KeyName",
                        "$.instance_parameters.SecurityGroupIds[0]",
                        "$.instance_parameters.IamInstanceProfile",
                        "$.run_options.timeout_s",
                        "$.run_options.ii_terminate_instance",
                        "$.run_options.ii_check_s3",
                        "$.run_options.n_retries_allowed",
                        "$.run_options.retry_backoff_rate",
                        "$.run_options.instance_types",
                        "$.run_options.max_price");
    }

    @Test
    void executions_whenTheirFirstLineNamesAnInterpreter_runInThat() {
        var bash = new LinkedHashMap<>(document(List.of(), Map.of(), "true"));
        bash.put(
                "commands",
                List.of(
                        "#!/bin/bash",
                        "",
                        "words=(x y z)",
                        "for word in \"${words[@]}\"; do",
                        "[[ -n $word ]]",
                        "done"));
        var python = new LinkedHashMap<>(document(List.of(), Map.of(), "true"));
        python.put("commands", List.of("#!/usr/bin/env python3", "import sys", "if True:", "    sys.exit(3)"));
        String inBash = app.startExecution(name("bash"), bash);
        String inPython = app.startExecution(name("python"), python);

        ends(inBash, "SUCCEEDED", 1, 0);
        assertThat(cause(ends(inPython, "COMMAND_FAILED", 1, 0))).contains("The commands failed with exit code 3.");
    }

    @Test
    void execution_whenItIsADryRun_saysWhatItWouldDoAndLaunchesNothing() throws IOException {
        String name = name("dry");

        String execution = app.startExecution(
                name, document(List.of(), Map.of("dry_run", true, "ii_cheapo", true), counted(name)));
        var end = ends(execution, "SUCCEEDED", 0, 0);

        assertThat(end.output()).contains("dry_run", "candidates", "ClientToken", "\"spot\"");
    }

    @Test
    void executions_whenStarted_haveTheNamesAndInputsThatStepFunctionsTakes() {
        var document = document(List.of(), Map.of("dry_run", true), "true");
        for (String name : List.of("a".repeat(81), "two words", "a/b", "a*", "")) {
            assertThatThrownBy(() -> app.startExecution(name, document))
                    .as(name)
                    .isInstanceOf(SfnException.class);
        }
        var tooLong = new LinkedHashMap<>(document);
        tooLong.put("padding", "x".repeat(262_144));
        assertThatThrownBy(() -> app.startExecution(name("too-long"), tooLong))
                .isInstanceOf(SfnException.class)
                .hasMessageContaining("262144");

        var lasting = document(List.of(), Map.of(), "sleep 2");
        String name = name("a".repeat(40));
        String first = app.startExecution(name, lasting);
        assertThat(app.startExecution(name, lasting)).isEqualTo(first);
        ends(first, "SUCCEEDED", 1, 0);
        assertThatThrownBy(() -> app.startExecution(name, lasting)).isInstanceOf(ExecutionAlreadyExistsException.class);
    }

    @Test
    void execution_whenAFunctionFails_isRetriedByTheNameOfItsError() {
        String execution = app.startExecution(
                name("throttled"),
                document(List.of("DescribeInstances=RequestLimitExceeded times=5"), Map.of(), "true"));

        ends(execution, "SUCCEEDED", 1, 0);
        assertThat(app.stepFunctions.getExecutionHistory(request -> request.executionArn(execution)).events().stream()
                        .filter(event -> event.type() == HistoryEventType.TASK_FAILED)
                        .map(event -> event.taskFailedEventDetails().error()))
                .isNotEmpty()
                .containsOnly("dev.wakebox.runtime.WakeboxException");
    }

    /** The test sets an earlier time in the state's input, so that it needn't wait two minutes. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Value (runs) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name
            Value (arn:aws:iam::000000000000:instance-profile/runs) for parameter iamInstanceProfile.arn is invalid.
            IAM Instance Profile "runs" has no associated IAM Roles
            """)
    void execution_whenItsInstanceProfileIsUnknown_waitsTwoMinutesAndThenUsesAnAttempt(String message) {
        String execution = app.startExecution(
                name("unknown-profile"),
                document(
                        List.of("RunInstances=InvalidParameterValue message=" + message),
                        Map.of("n_retries_allowed", 1),
                        "true"));

        var early = inputAgo(execution, "EC2StarterFromAMI", Duration.ofMinutes(1));
        var late = inputAgo(execution, "EC2StarterFromAMI", Duration.ofSeconds(121));
        stopUnlessOver(execution);

        assertThat(app.invoke("ec2-starter-from-ami", early)).doesNotContainKey("failure");
        assertThat(app.invoke("ec2-starter-from-ami", late).get("failure"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("outcome", "LAUNCH_FAILED")
                .containsEntry("permanent", false)
                .extractingByKey("cause", InstanceOfAssertFactories.STRING)
                .contains("for 2 minutes", message, "Does the instance profile exist, with a role in it?");
        leftNothing(execution, 0, 0);
    }

    /** The test sets a time before timeout_s in the poller's input, so that it needn't wait. */
    @Test
    void execution_whenItsCommandsAreNeverFetched_saysSoAndUsesAnAttempt() {
        String execution = app.startExecution(
                name("undelivered"), document(List.of("undelivered"), Map.of("n_retries_allowed", 1), "true"));
        String input = inputAgo(execution, "EC2Poller", Duration.ofSeconds(301));

        assertThat(app.invoke("ec2-poller", input).get("failure"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("outcome", "TIMED_OUT")
                .containsEntry("permanent", false)
                .extractingByKey("cause", InstanceOfAssertFactories.STRING)
                .isEqualTo(
                        "The instance never fetched the commands: timeout_s (300 s since t0) was over first, and they"
                                + " were cancelled. Is its SSM agent running?");

        stopUnlessOver(execution);
        await("no instance is left", A_WHILE, () -> {
            sweep();
            return app.instancesOf(execution).stream().noneMatch(RunningApplication::isLeft);
        });
    }

    /** The state's first input, with the attempt's start set this long ago. */
    private static String inputAgo(String execution, String state, Duration ago) {
        var input = new AtomicReference<String>();
        await(state + " is entered", A_WHILE, () -> {
            app.statesEntered(execution).stream()
                    .filter(entered -> entered.name().equals(state))
                    .findFirst()
                    .ifPresent(entered -> input.set(entered.input()));
            return input.get() != null;
        });
        var document = new LinkedHashMap<>(Json.object(input.get().getBytes(UTF_8)));
        document.put("t0", Instant.now().minus(ago).toString());
        return Json.string(document);
    }

    /** Every state's function is invoked three times: by Step Functions, immediately again, and after the end. */
    @Test
    void execution_whenEverythingIsDeliveredAgain_launchesAndRunsOnce() throws IOException {
        String name = name("again");
        var document = document(List.of(), Map.of(), counted(name), "sleep 2");

        String execution = app.startExecution(name, document);
        startAgain(name, document, execution);
        assertThatThrownBy(() -> app.startExecution(name, document(List.of(), Map.of(), "true")))
                .isInstanceOf(ExecutionAlreadyExistsException.class);
        int[] delivered = {0};
        await("it is over", A_WHILE, () -> {
            delivered[0] = deliverAgain(execution, delivered[0]);
            return app.describe(execution).status() != ExecutionStatus.RUNNING;
        });
        assertThat(deliverAgain(execution, 0)).isGreaterThan(5);

        ends(execution, "SUCCEEDED", 1, 1);
    }

    /** SendCommand has no token: two concurrent Commanders may both find that no command was sent. */
    @Test
    void execution_whenItsCommandsAreSentTwice_runsThemOnce() throws IOException {
        String name = name("sent-twice");
        Path both = counts.resolve(name + "-both");
        String execution = app.startExecution(
                name, document(List.of(), Map.of(), counted(name), "until [ -e " + both + " ]; do sleep 1; done"));
        await("the commands run", A_WHILE, () -> ran(name) == 1);

        String instance = app.instancesOf(execution).getFirst().instanceId();
        var first = app.ssm
                .listCommands(request -> request.instanceId(instance))
                .commands()
                .getFirst();
        app.ssm.sendCommand(request -> request.documentName(first.documentName())
                .comment(first.comment())
                .parameters(first.parameters())
                .instanceIds(instance));
        Files.createFile(both);

        ends(execution, "SUCCEEDED", 1, 1);
    }

    /** While the first execution runs, AWS answers with it, and the emulator refuses. */
    private static void startAgain(String name, Map<String, Object> document, String first) {
        try {
            assertThat(app.startExecution(name, document)).isEqualTo(first);
        } catch (ExecutionAlreadyExistsException e) {
            assertThat(e).hasMessageContaining(first);
        }
    }

    /** Invokes the functions of the states from the given one on, and returns the number of states. */
    private static int deliverAgain(String execution, int from) {
        var states = app.statesEntered(execution);
        states.stream()
                .skip(from)
                .filter(state -> FUNCTIONS.containsKey(state.name()))
                .forEach(state -> app.invoke(FUNCTIONS.get(state.name()), state.input()));
        return states.size();
    }

    @Test
    @ResourceLock(MANY)
    void manyExecutions_whenStartedWithinAMinute_allSucceedAndLeaveNothing() throws Exception {
        List<String> names = IntStream.range(0, 83).mapToObj(_ -> name("many")).toList();
        Instant began = Instant.now();
        List<String> executions = concurrently(
                names,
                name -> app.startExecution(
                        name, document(List.of(), Map.of("timeout_s", 600), counted(name), "sleep 1")));
        assertThat(Duration.between(began, Instant.now())).isLessThan(Duration.ofMinutes(1));

        for (String execution : executions) {
            ends(execution, "SUCCEEDED", 1, 1);
        }

        System.out.println("83 executions took " + Duration.between(began, Instant.now()));
    }

    /** A fault that is assigned at random, and the outcomes that it may have. */
    record Lot(List<String> faults, Map<String, Object> options, String command, Set<String> outcomes) {}

    private static List<Lot> lots() {
        Map<String, Object> spot = Map.of("ii_cheapo", true);
        Map<String, Object> shortly = Map.of("timeout_s", 30);
        var lots = new ArrayList<Lot>();
        lots.add(new Lot(List.of(), Map.of(), "true", Set.of("SUCCEEDED")));
        for (Row row : rows()) {
            lots.add(new Lot(
                    row.faults(),
                    row.options(),
                    row.command(),
                    // on a busy computer, executions with a timeout or a delayed fault may end earlier
                    row.outcome().equals("SUCCEEDED")
                            ? Set.of("SUCCEEDED")
                            : Stream.of(
                                            row.outcome(),
                                            row.faults().toString().matches(".*(kill|interrupt).*")
                                                    ? "LAUNCH_FAILED"
                                                    : "TIMED_OUT")
                                    .collect(Collectors.toSet())));
        }
        for (Map<String, Object> kept : List.of(
                Map.<String, Object>of("ii_terminate_instance", false),
                Map.<String, Object>of("ii_terminate_instance", false, "ii_delete_volume", true))) {
            lots.add(new Lot(List.of(), kept, "true", Set.of("SUCCEEDED")));
            lots.add(new Lot(List.of(), kept, "exit 3", Set.of("COMMAND_FAILED")));
            lots.add(new Lot(
                    List.of("kill=6"), kept, "sleep 5", Set.of("SUCCEEDED", "COMMAND_FAILED", "LAUNCH_FAILED")));
        }
        lots.add(new Lot(List.of("undelivered"), shortly, "true", Set.of("TIMED_OUT", "COMMAND_FAILED")));
        lots.add(new Lot(List.of("command-limit=5"), Map.of(), "sleep 60", Set.of("TIMED_OUT")));
        lots.add(new Lot(
                List.of("command-limit=5"),
                Map.of("timeout_s", 259_200),
                "sleep 12; exit 3",
                Set.of("COMMAND_FAILED")));
        for (int after : new int[] {0, 1, 3, 6, 10}) {
            Set<String> killed = Set.of("SUCCEEDED", "COMMAND_FAILED", "LAUNCH_FAILED");
            Set<String> interrupted = Set.of("SUCCEEDED", "COMMAND_FAILED", "INTERRUPTED", "LAUNCH_FAILED");
            lots.add(new Lot(List.of("kill=" + after), Map.of(), "sleep 5", killed));
            lots.add(new Lot(List.of("interrupt=" + after), spot, "sleep 5", interrupted));
        }
        for (String operation : List.of("DescribeInstances", "TerminateInstances", "GetCommandInvocation")) {
            lots.add(new Lot(
                    List.of(operation + "=RequestLimitExceeded times=5"), Map.of(), "true", Set.of("SUCCEEDED")));
        }
        return lots;
    }

    @Test
    @ResourceLock(MANY)
    @ResourceLock(ORPHANS)
    void randomExecutions_whateverHappens_leaveNoOrphanAndEndAsTheyMay() throws Exception {
        long seed = Long.getLong("wakebox.seed", System.nanoTime());
        int runs = Integer.getInteger("wakebox.randomRuns", RunningApplication.rounds(100, 200));
        System.out.println("wakebox.seed=" + seed + " wakebox.randomRuns=" + runs);
        var random = new Random(seed);
        var lots = lots();
        Map<String, Lot> drawn = new LinkedHashMap<>();
        Map<String, Duration> stopped = new HashMap<>();
        for (int i = 0; i < runs; i++) {
            String name = name("random");
            drawn.put(name, lots.get(random.nextInt(lots.size())));
            if (random.nextInt(5) == 0) {
                stopped.put(name, Duration.ofMillis(random.nextInt(20_000)));
            }
        }

        var turns = new Semaphore(AT_ONCE);
        concurrently(List.copyOf(drawn.keySet()), name -> {
            turns.acquire();
            try {
                return endsAsItMay(name, drawn.get(name), stopped.get(name), seed);
            } finally {
                turns.release();
            }
        });
        sweepTwice();

        await("seed " + seed + ": no instance is left", A_WHILE, () -> app.instancesLeft().stream()
                .noneMatch(instance -> drawn.containsKey(execution(instance))));
    }

    /** The name of the execution that launched the instance. */
    private static String execution(Instance instance) {
        String arn = instance.tags().stream()
                .filter(tag -> tag.key().equals("wakebox:execution"))
                .map(Tag::value)
                .findFirst()
                .orElseThrow();
        return arn.substring(arn.lastIndexOf(':') + 1);
    }

    private static String endsAsItMay(String name, Lot lot, @Nullable Duration stoppedAfter, long seed) {
        String execution =
                app.startExecution(name, document(lot.faults(), lot.options(), counted(name), lot.command()));
        if (stoppedAfter != null) {
            Instant at = Instant.now().plus(stoppedAfter);
            await(
                    "the time to stop it",
                    A_WHILE,
                    Duration.ofSeconds(1),
                    () -> Instant.now().isAfter(at) || app.describe(execution).status() != ExecutionStatus.RUNNING);
            stopUnlessOver(execution);
        }
        var end = app.awaitEnd(execution, Duration.ofMinutes(6));
        if (end.status() != ExecutionStatus.ABORTED) {
            assertThat(lot.outcomes())
                    .as("seed %d, %s: %s", seed, lot, cause(end))
                    .contains(outcome(end));
        }
        assertThat(ran(name)).as("seed %d, %s", seed, lot).isLessThanOrEqualTo(1);
        return execution;
    }

    /** Stops an execution, which may already have ended. */
    private static void stopUnlessOver(String execution) {
        try {
            app.stepFunctions.stopExecution(request -> request.executionArn(execution));
        } catch (ValidationException e) {
            assertThat(app.describe(execution).status())
                    .as("it was not stopped: %s", e.getMessage())
                    .isNotEqualTo(ExecutionStatus.RUNNING);
        }
    }

    /**
     * Users' execution files, if they exist here. A file with placeholders is submitted unchanged, and the refusal
     * names all of them. A file whose commands need only a shell is submitted unchanged and runs. The others are
     * submitted as a dry run, and then run with its commands, each as a comment after {@code true} because their
     * software (Docker, git, the data stream) isn't installed, and one more command that writes the output at the place
     * that the file names.
     */
    @TestFactory
    Stream<DynamicTest> givenExecution_whenSubmitted_endsAsItShould() throws IOException {
        assumeTrue(Files.isDirectory(GIVEN), "There is no " + GIVEN + ": its executions were not tried.");
        try (var files = Files.list(GIVEN)) {
            List<Path> given = files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
            Map<Path, String> executions = new LinkedHashMap<>();
            for (Path file : given) {
                executions.put(file, submitted(file));
            }
            return executions.entrySet().stream()
                    .map(each -> DynamicTest.dynamicTest(
                            each.getKey().getFileName().toString(),
                            () -> endsAsItShould(each.getKey(), each.getValue())));
        }
    }

    private static String submitted(Path file) throws IOException {
        var document = new LinkedHashMap<>(Json.object(Files.readAllBytes(file)));
        if (hasPlaceholders(file) || onlyLists(document)) {
            return app.startExecution(name("given"), document);
        }
        var dry = new LinkedHashMap<>(document);
        dry.put("run_options", with(document.get("run_options"), "dry_run", true));
        var end = app.awaitEnd(app.startExecution(name("given-dry"), dry), A_WHILE);
        assertThat(outcome(end)).as(file + ": " + cause(end)).isEqualTo("SUCCEEDED");
        var would = (Map<?, ?>) Json.object(end.output().getBytes(UTF_8)).get("dry_run");
        var commands = new ArrayList<Object>();
        ((List<?>) would.get("commands")).forEach(command -> commands.add("true # " + command));
        if (would.get("output_looked_for") instanceof String place) {
            createBucket(URI.create(place).getHost());
            commands.add("echo done | aws s3 cp --no-progress - " + place);
        }
        document.remove("datastream_command_options");
        document.put("commands", commands);
        return app.startExecution(name("given"), document);
    }

    private static void endsAsItShould(Path file, String execution) throws IOException {
        if (hasPlaceholders(file)) {
            assertThat(cause(ends(execution, "LAUNCH_FAILED", 0, 0)))
                    .contains("nothing was launched", "$.instance_parameters.ImageId");
        } else {
            ends(execution, "SUCCEEDED", 1, 0);
        }
    }

    private static boolean hasPlaceholders(Path file) throws IOException {
        return Json.object(Files.readAllBytes(file)).get("instance_parameters") instanceof Map<?, ?> parameters
                && !String.valueOf(parameters.get("ImageId")).startsWith("ami-");
    }

    private static boolean onlyLists(Map<String, @Nullable Object> document) {
        return document.get("commands") instanceof List<?> commands
                && commands.stream().allMatch(command -> command.toString().endsWith("'ls -la'"));
    }

    private static void createBucket(String bucket) {
        try {
            app.s3.createBucket(request -> request.bucket(bucket));
        } catch (BucketAlreadyOwnedByYouException e) {
            // of another file
        }
    }

    // ---------------------------------------------------------------- documents

    private static String name(String text) {
        return text.replaceAll("[^A-Za-z]+", "-") + "-" + NAMES.incrementAndGet();
    }

    /** A command that appends a line to a file on this computer each time it runs. */
    private static String counted(String execution) {
        return "echo ran >> " + counts.resolve(execution);
    }

    private static int ran(String execution) {
        Path file = counts.resolve(execution);
        try {
            return Files.exists(file) ? Files.readAllLines(file).size() : 0;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    // ---------------------------------------------------------------- the commands' variables

    /** The canaries may be in the environment of the run's own commands, and nowhere else. */
    @Test
    void execution_withEnvAndSecrets_givesThemToItsCommandsAndLeavesNoTraceOfTheSecrets() throws Exception {
        String name = name("secrets");
        String ofTheSecret = "c4n4ry-secret-" + UUID.randomUUID();
        String ofTheParameter = "c4n4ry-parameter-" + UUID.randomUUID();
        String parameter = "arn:aws:ssm:us-east-1:000000000000:parameter/" + name;
        String secret = createSecret(name, Json.string(Map.of("token", ofTheSecret)));
        app.ssm.putParameter(
                request -> request.name("/" + name).type("SecureString").value(ofTheParameter));
        createProfileThatReads(name);
        Path end = counts.resolve(name + "-end");
        var document = document(
                List.of(),
                Map.of(
                        "env", Map.of("GREETING", "it's me"),
                        "secrets", Map.of("TOKEN", secret + ":token::", "PARAMETER", parameter)),
                counted(name),
                "printf '%s %s %s' \"$GREETING\" \"$TOKEN\" \"$PARAMETER\" | sha256sum",
                "sh -c 'until [ -e \"$0\" ]; do sleep 0.2; done' " + end);
        String execution = app.startExecution(name, withProfile(document, name));
        await("the commands run", A_WHILE, () -> ran(name) == 1);

        if (Files.exists(Path.of("/proc/self/environ"))) {
            String instance = app.instancesOf(execution).getFirst().instanceId();
            await("a command has the secret", A_WHILE, () -> !environments("environ", ofTheSecret)
                    .isEmpty());
            assertThat(environments("environ", ofTheSecret)).allSatisfy(environment -> assertThat(environment)
                    .contains("WAKEBOX_INSTANCE_ID=" + instance, "PARAMETER=" + ofTheParameter));
            assertThat(environments("cmdline", ofTheSecret)).isEmpty();
            assertThat(environments("cmdline", ofTheParameter)).isEmpty();
        }
        Files.createFile(end);
        ends(execution, "SUCCEEDED", 1, 1);
        await("the outcome is published", A_WHILE, () -> app.outcomes().containsKey(execution));

        var traces = new Traces(app, directory, execution);
        assertThat(traces.of(name))
                .as("the places in which the name of the execution is found")
                .contains(
                        "history", "execution", "instance", "command", "outcome", "file logs/ec2-starter-from-ami.log")
                .anyMatch(place -> place.startsWith("object runs/"));
        String digest = Sha256.hex("it's me " + ofTheSecret + " " + ofTheParameter);
        assertThat(traces.of(digest))
                .contains("invocation", "stdout_stream")
                .anyMatch(place -> place.startsWith("object runs/"));
        assertThat(traces.of(secret)).as("the places of the ARN").contains("history", "command");
        assertThat(traces.of(ofTheSecret)).isEmpty();
        assertThat(traces.of(ofTheParameter)).isEmpty();
    }

    @Test
    void execution_whoseSecretItsInstanceMayNotRead_endsWithTheFieldAndTheArn() throws Exception {
        String name = name("secrets-denied");
        String secret = createSecret(name, "c4n4ry-" + name);
        String execution = app.startExecution(
                name, document(List.of(), Map.of("secrets", Map.of("TOKEN", secret)), counted(name)));

        String cause = cause(ends(execution, "COMMAND_FAILED", 1, 0));

        assertThat(cause)
                .contains(
                        "$.run_options.secrets.TOKEN: " + secret + " could not be read with the role of the instance",
                        "AccessDenied",
                        "secretsmanager:GetSecretValue");
        assertThat(new Traces(app, directory, execution).of("c4n4ry-" + name)).isEmpty();
    }

    private static String createSecret(String name, String value) {
        try (var secrets = app.client(SecretsManagerClient.builder())) {
            return secrets.createSecret(request -> request.name(name).secretString(value))
                    .arn();
        }
    }

    /** A profile with the permissions that the documentation gives for the output of commands and for their secrets. */
    private static void createProfileThatReads(String name) throws IOException {
        String[] blocks = Files.readString(RunningApplication.ROOT.resolve("docs/ec2-runs.md"))
                .split("```json\n", -1);
        try (var iam = app.client(IamClient.builder())) {
            iam.createRole(request -> request.path("/wakebox/").roleName(name).assumeRolePolicyDocument("""
                    {"Version": "2012-10-17", "Statement": [
                      {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"""));
            for (String block : blocks) {
                if (block.startsWith("{\"Version\"")) {
                    String policy = block.split("```", -1)[0]
                            .replace("<stack>-data-<account>-<region>", app.bucket)
                            .replace("<stack>", "wakebox")
                            .replace("<region>", "us-east-1")
                            .replace("<account>", "000000000000")
                            .replace("<name>", name);
                    iam.putRolePolicy(request -> request.roleName(name)
                            .policyName("policy-" + block.length())
                            .policyDocument(policy));
                }
            }
            iam.createInstanceProfile(request -> request.path("/wakebox/").instanceProfileName(name));
            iam.addRoleToInstanceProfile(
                    request -> request.instanceProfileName(name).roleName(name));
        }
    }

    private static Map<String, Object> withProfile(Map<String, Object> document, String profile) {
        var copy = new LinkedHashMap<>(document);
        copy.put(
                "instance_parameters",
                with(document.get("instance_parameters"), "IamInstanceProfile", Map.of("Name", profile)));
        return copy;
    }

    private static List<String> environments(String file, String text) {
        try {
            return Traces.environmentsOfProcesses(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---------------------------------------------------------------- the commands of ./wakebox

    @Test
    void commands_playARunFromItsSubmissionToItsRerun(@TempDir Path elsewhere) throws Exception {
        var commands = new Commands(app.aws(), elsewhere);
        Files.writeString(
                elsewhere.resolve("job.json"),
                Json.string(document(List.of(), Map.of(), "echo one", "echo two >&2", "[ -z \"$FAIL\" ] || exit 3")));

        var plan = commands.run("dry-run", "job.json");
        assertThat(plan.exitCode()).as(plan.said()).isZero();
        assertThat(plan.said()).contains("ami-linux", "t4g.small", "echo one");

        var watched = commands.run("run", "job.json", "--name", "cli-job", "--watch");
        assertThat(watched.exitCode()).as(watched.said()).isZero();
        assertThat(watched.said())
                .containsSubsequence(
                        "EC2StarterFromAMI", "instance i-", "Commander", "EC2Poller", "EC2Stopper", "SUCCEEDED")
                .contains("stdout  one", "stderr  two");

        assertThat(commands.run("logs", "cli-job").said()).contains("one\n").contains("! two\n");
        assertThat(commands.run("show", "cli-job").said()).contains("SUCCEEDED", "EC2Stopper", "attempt 1");
        assertThat(commands.run("runs", "--limit", "1000").said()).contains("  cli-job\n");
        assertThat(commands.run("events", "cli-job").said()).contains("ExecutionStarted", "ExecutionSucceeded");

        var again =
                commands.run("rerun", "cli-job", "--name", "cli-again", "--set", "commands=[\"exit 3\"]", "--watch");
        assertThat(again.exitCode()).as(again.said()).isEqualTo(1);
        assertThat(again.said()).contains("COMMAND_FAILED");
        assertThat(commands.run("show", "cli-again", "--json").said()).contains("\"outcome\":\"COMMAND_FAILED\"");

        Files.writeString(
                elsewhere.resolve("prices.json"),
                "{\"instance_hour\": {\"t4g.small\": 0.0184}, \"volume_gib_month\": {\"gp3\": 0.088}, \"state_transition\": 1,"
                        + " \"lambda_gb_second\": {\"arm64\": 0.00001}, \"lambda_request\": {\"arm64\": 0.0000002}}");
        var cost = commands.run("cost", "cli-job", "cli-again", "--prices", "prices.json");
        assertThat(cost.exitCode()).as(cost.said()).isZero();
        assertThat(cost.said())
                .contains("cli-job: about ", "cli-again: about ", "attempt 1  t4g.small on-demand", "8 GiB gp3")
                .contains("All 2 runs: about ")
                .doesNotContain("unknown");
    }

    @Test
    void doctor_onTheLocalApplication_checksWhatItsServicesAnswer(@TempDir Path elsewhere) throws Exception {
        var commands = new Commands(app.aws(), elsewhere);
        Files.writeString(elsewhere.resolve("job.json"), Json.string(document(List.of(), Map.of(), "echo one")));

        var result = commands.run("doctor", "job.json");

        assertThat(result.said())
                .contains("ok        Credentials: ", "ok        Stack name: ", "ok        Bucket wakebox-data-")
                .contains("n/a       vCPUs of on-demand instances, Standard: The local application")
                .contains(" 0 problems, ", " 0 not asked.");
        assertThat(result.exitCode()).as(result.said()).isZero();
    }

    @Test
    void logs_whileTheCommandsRun_showWhatTheyHaveWritten(@TempDir Path elsewhere) throws Exception {
        var commands = new Commands(app.aws(), elsewhere);
        Path end = elsewhere.resolve("end");
        Files.writeString(
                elsewhere.resolve("long.json"),
                Json.string(document(
                        List.of(),
                        Map.of(),
                        "echo first line",
                        "until [ -e '" + end + "' ]; do sleep 0.2; done",
                        "echo last line")));
        var submitted = commands.run("run", "long.json", "--name", "cli-long");
        assertThat(submitted).isEqualTo(new Commands.Result(0, "Submitted cli-long\n"));

        Process logs = commands.startUntil("first line", "logs", "cli-long", "-f");
        assertThat(commands.run("show", "cli-long").said()).contains("none yet (RUNNING)");
        Files.createFile(end);

        assertThat(new String(logs.getInputStream().readAllBytes(), UTF_8)).isEqualTo("last line\n");
        assertThat(logs.waitFor()).isZero();
    }

    @Test
    void commands_ofUsersWithThePoliciesOfTheStack_mayDoWhatTheyAreFor(@TempDir Path elsewhere) throws Exception {
        var reader = Commands.of(app.user("reader", "WakeboxReader"), app.aws(), elsewhere);
        var operator = Commands.of(app.user("operator", "WakeboxOperator"), app.aws(), elsewhere);
        Files.writeString(
                elsewhere.resolve("job.json"),
                Json.string(document(List.of(), Map.of("timeout_s", 3600), "echo hello", "sleep 3000")));

        assertThat(reader.run("run", "job.json", "--name", "cli-denied"))
                .satisfies(denied -> assertThat(denied.exitCode()).isEqualTo(3))
                .satisfies(denied -> assertThat(denied.said()).contains("states:StartExecution"));
        assertThat(operator.run("run", "job.json", "--name", "cli-policies").said())
                .isEqualTo("Submitted cli-policies\n");
        operator.startUntil("hello", "logs", "cli-policies", "-f").destroy();

        assertThat(reader.run("runs", "--limit", "1000").said()).contains("cli-policies");
        assertThat(reader.run("show", "cli-policies").said()).contains("none yet");
        assertThat(reader.run("logs", "cli-policies").said()).isEqualTo("hello\n");
        assertThat(reader.run("events", "cli-policies").exitCode()).isZero();
        assertThat(reader.run("cancel", "cli-policies").said()).contains("states:StopExecution");
        assertThat(operator.run("cancel", "cli-policies").said()).startsWith("Stopped cli-policies");
    }

    @Test
    void cancel_endsARunAndItsInstance(@TempDir Path elsewhere) throws Exception {
        var commands = new Commands(app.aws(), elsewhere);
        Files.writeString(
                elsewhere.resolve("endless.json"),
                Json.string(document(List.of(), Map.of("timeout_s", 3600), "echo started", "sleep 3000")));
        commands.run("run", "endless.json", "--name", "cli-endless");
        commands.startUntil("started", "logs", "cli-endless", "-f").destroy();

        assertThat(commands.run("cancel", "cli-endless"))
                .isEqualTo(new Commands.Result(0, "Stopped cli-endless; the reaper ends what it has launched.\n"));

        assertThat(commands.run("cancel", "cli-endless").said()).isEqualTo("cli-endless had already ended.\n");
        var shown = commands.run("show", "cli-endless");
        assertThat(shown.exitCode()).isEqualTo(1);
        assertThat(shown.said()).contains("CANCELLED", "Cancelled with wakebox cancel.");
    }

    private static Map<String, Object> document(List<String> faults, Map<String, Object> options, String... commands) {
        var tags = new ArrayList<Map<String, String>>();
        for (String fault : faults) {
            tags.add(Map.of("Key", "wakebox:fault" + tags.size(), "Value", fault));
        }
        var parameters = new LinkedHashMap<String, Object>(Map.of(
                "ImageId", "ami-linux",
                "InstanceType", "t4g.small",
                "IamInstanceProfile", Map.of("Name", "runs")));
        if (!tags.isEmpty()) {
            parameters.put("TagSpecifications", List.of(Map.of("ResourceType", "instance", "Tags", tags)));
        }
        var all = new LinkedHashMap<String, Object>(Map.of("timeout_s", 300, "ii_terminate_instance", true));
        all.putAll(options);
        return Map.of("commands", List.of(commands), "instance_parameters", parameters, "run_options", all);
    }

    private static Map<Object, @Nullable Object> with(@Nullable Object object, String key, Object value) {
        var copy = new LinkedHashMap<Object, @Nullable Object>((Map<?, ?>) object);
        copy.put(key, value);
        return copy;
    }

    // ---------------------------------------------------------------- ends

    /** Waits for the end and checks its outcome. */
    private static DescribeExecutionResponse ends(String execution, String outcome, int instances, int ran) {
        var end = app.awaitEnd(execution, A_WHILE);
        assertThat(outcome(end)).as(cause(end)).isEqualTo(outcome);
        leftNothing(execution, instances, ran);
        return end;
    }

    /**
     * Checks that nothing of the execution is billed any more.
     *
     * @param instances number of launched instances
     * @param ran how often the counted command was run
     */
    private static void leftNothing(String execution, int instances, int ran) {
        assertThat(app.instancesOf(execution)).hasSize(instances).noneMatch(RunningApplication::isLeft);
        assertThat(ran(execution.substring(execution.lastIndexOf(':') + 1))).isEqualTo(ran);
    }

    private static String outcome(DescribeExecutionResponse end) {
        return end.error() != null ? end.error() : field(end, "outcome");
    }

    private static String cause(DescribeExecutionResponse end) {
        return end.error() != null ? String.valueOf(end.cause()) : field(end, "cause");
    }

    private static String field(DescribeExecutionResponse end, String key) {
        return end.output() == null
                ? end.statusAsString()
                : String.valueOf(Json.object(end.output().getBytes(UTF_8)).get(key));
    }

    /** The first sweep marks an orphan; a sweep at least two minutes later ends it. The test makes the mark older. */
    private static void sweepTwice() {
        sweep();
        List<String> marked = app.instancesLeft().stream()
                .filter(instance -> instance.tags().stream()
                        .anyMatch(tag -> tag.key().equals("wakebox:orphan-since")
                                && !tag.value().isEmpty()))
                .map(Instance::instanceId)
                .toList();
        if (!marked.isEmpty()) {
            String before = Instant.now().minus(Duration.ofMinutes(3)).toString();
            app.ec2.createTags(request -> request.resources(marked)
                    .tags(Tag.builder()
                            .key("wakebox:orphan-since")
                            .value(before)
                            .build()));
        }
        sweep();
    }

    /** A sweep fails if EC2 refused one of its calls, and the schedule starts another one a minute later. */
    private static void sweep() {
        await("a sweep goes through", A_WHILE, () -> {
            try {
                app.sweep();
                return true;
            } catch (AssertionError e) {
                if (String.valueOf(e.getMessage()).contains("RequestLimitExceeded")) {
                    return false;
                }
                throw e;
            }
        });
    }

    private interface Work<R> {
        R on(String name) throws Exception;
    }

    private static <R> List<R> concurrently(List<String> names, Work<R> work) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var results = new ArrayList<R>();
            for (var future : threads.invokeAll(
                    names.stream().<Callable<R>>map(name -> () -> work.on(name)).toList())) {
                results.add(future.get());
            }
            return results;
        }
    }
}
