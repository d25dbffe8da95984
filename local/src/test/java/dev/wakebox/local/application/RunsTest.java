package dev.wakebox.local.application;

import static dev.wakebox.local.application.RunningApplication.A_WHILE;
import static dev.wakebox.local.application.RunningApplication.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionAlreadyExistsException;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.sfn.model.ValidationException;

/**
 * Commands on throw-away instances from outside: Step Functions, EC2 and Systems Manager, with the real template,
 * functions and processes. Faults are ordered with tags of the instances. What ran is counted in files of this machine
 * that belong to no instance.
 */
class RunsTest {
    private static final Path GIVEN = Path.of("/work/shared/data/executions");
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
        app.close();
    }

    /**
     * Something that goes wrong.
     *
     * @param faults see {@code dev.wakebox.local.compute.Fault}
     * @param options of the run, beside the usual ones
     * @param command comes after the one that is counted
     * @param cause each of these is in the cause
     * @param instances that were launched
     * @param ran how often the commands began
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
                        List.of("The commands still ran", "timeout_s", "50 s after t0"),
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
                        "COMMAND_FAILED",
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

    /** A function's process dies with its work done and its answer unheard. */
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

    /** All of them at once; each is looked at by a test of its own. */
    @TestFactory
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
    void execution_whenStoppedByHand_isEndedByTheReaper() throws IOException {
        String name = name("stopped");
        String execution = app.startExecution(name, document(List.of(), Map.of(), counted(name), "sleep 600"));
        await("the commands run", A_WHILE, () -> ran(name) == 1);

        app.stepFunctions.stopExecution(request -> request.executionArn(execution));
        await("the outcome is told", A_WHILE, () -> app.outcomes().containsKey(execution));

        assertThat(app.describe(execution).status()).isEqualTo(ExecutionStatus.ABORTED);
        assertThat(app.outcomes().get(execution))
                .containsEntry("outcome", "CANCELLED")
                .containsEntry("cause", "The execution was stopped from outside.");
        leftNothing(execution, 1, 1);
    }

    /** Step Functions forgets an execution with its state machine, and nobody tells of it. */
    @Test
    void execution_whenTheStateMachineIsDeleted_isEndedByTheSecondSweepThatSeesIt() throws IOException {
        String name = name("deleted");
        var machine = app.stepFunctions.describeStateMachine(request -> request.stateMachineArn(app.stateMachine));
        String copy = app.stepFunctions
                .createStateMachine(request -> request.name("wakebox-ec2-run-" + name)
                        .definition(machine.definition())
                        .roleArn(machine.roleArn()))
                .stateMachineArn();
        String execution = app.startExecution(copy, name, document(List.of(), Map.of(), counted(name), "sleep 600"));
        await("the commands run", A_WHILE, () -> ran(name) == 1);

        app.stepFunctions.deleteStateMachine(request -> request.stateMachineArn(copy));
        sweepTwice();

        assertThatThrownBy(() -> app.describe(execution)).isInstanceOf(ExecutionDoesNotExistException.class);
        leftNothing(execution, 1, 1);
    }

    @Test
    void execution_whenOver_hasItsOutputInS3AndCloudWatchLogsAndIsTold() throws IOException {
        String name = name("output");
        String execution =
                app.startExecution(name, document(List.of(), Map.of(), "echo out", "echo; echo err >&2; exit 4"));

        var end = app.awaitEnd(execution, A_WHILE);
        await("the outcome is told", A_WHILE, () -> app.outcomes().containsKey(execution));

        var told = app.outcomes().get(execution);
        assertThat(told)
                .containsEntry("outcome", "COMMAND_FAILED")
                .containsEntry("name", name)
                .containsEntry("cause", end.cause());
        var logs = (Map<?, ?>) told.get("logs");
        assertThat(app.object(String.valueOf(logs.get("stdout_key")))).hasValue("out\n\n");
        assertThat(app.object(String.valueOf(logs.get("stderr_key"))).orElse(""))
                .startsWith("err\n");
        String group = String.valueOf(logs.get("log_group"));
        assertThat(app.logLines(group, String.valueOf(logs.get("stdout_stream"))))
                .startsWith("out");
        assertThat(app.logLines(group, String.valueOf(logs.get("stderr_stream"))))
                .startsWith("err");
    }

    @Test
    void execution_whenTheInputIsNoDocument_endsAsFailedLaunchAndIsTold() {
        String execution = app.stepFunctions
                .startExecution(request -> request.stateMachineArn(app.stateMachine)
                        .name(name("none"))
                        .input("[]"))
                .executionArn();

        assertThat(outcome(app.awaitEnd(execution, A_WHILE))).isEqualTo("LAUNCH_FAILED");
        await("the outcome is told", A_WHILE, () -> app.outcomes().containsKey(execution));
        assertThat(String.valueOf(app.outcomes().get(execution).get("cause"))).contains("not a JSON object");
    }

    @Test
    void execution_whenStoppedAndNobodyHearsOfIt_isEndedByTheSecondSweepThatSeesIt() {
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
    void execution_whenItIsADryRun_saysWhatItWouldDoAndLaunchesNothing() throws IOException {
        String name = name("dry");

        String execution = app.startExecution(
                name, document(List.of(), Map.of("dry_run", true, "ii_cheapo", true), counted(name)));
        var end = ends(execution, "SUCCEEDED", 0, 0);

        assertThat(end.output()).contains("dry_run", "candidates", "ClientToken", "\"spot\"");
    }

    /** Every state's function gets its input three times: from Step Functions, at once again, and after the end. */
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

    /** SendCommand has no token: two Commanders that ask at once may both find nothing sent yet. */
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

    /** AWS answers with the first execution while that runs, the emulator refuses. */
    private static void startAgain(String name, Map<String, Object> document, String first) {
        try {
            assertThat(app.startExecution(name, document)).isEqualTo(first);
        } catch (ExecutionAlreadyExistsException e) {
            assertThat(e).hasMessageContaining(first);
        }
    }

    /** Invokes the functions of the states from the given one on; the answer is how many states there were. */
    private static int deliverAgain(String execution, int from) {
        var states = app.statesEntered(execution);
        states.stream()
                .skip(from)
                .filter(state -> FUNCTIONS.containsKey(state.name()))
                .forEach(state -> app.invoke(FUNCTIONS.get(state.name()), state.input()));
        return states.size();
    }

    @Test
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

    /** A fault that an execution may get by lot, and how it may end then. */
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
                    // on a busy machine what has a time limit or a fault after a time may end earlier
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
        for (int after : new int[] {0, 1, 3, 6, 10}) {
            Set<String> any = Set.of("SUCCEEDED", "COMMAND_FAILED", "LAUNCH_FAILED");
            lots.add(new Lot(List.of("kill=" + after), Map.of(), "sleep 5", any));
            lots.add(new Lot(List.of("interrupt=" + after), spot, "sleep 5", any));
        }
        for (String operation : List.of("DescribeInstances", "TerminateInstances", "GetCommandInvocation")) {
            lots.add(new Lot(
                    List.of(operation + "=RequestLimitExceeded times=5"), Map.of(), "true", Set.of("SUCCEEDED")));
        }
        return lots;
    }

    @Test
    void randomExecutions_whateverHappens_leaveNoOrphanAndEndAsTheyMay() throws Exception {
        long seed = Long.getLong("wakebox.seed", System.nanoTime());
        int runs = Integer.getInteger("wakebox.randomRuns", 200);
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

        await("seed " + seed + ": no instance is left", A_WHILE, () -> app.instancesLeft()
                .isEmpty());
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

    /** It may have ended by itself, even since somebody looked. */
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
     * The files that users have, where they are there. One with placeholders is submitted as it is and told of all of
     * them. One whose commands need nothing but a shell is submitted as it is and runs. The others are submitted as a dry
     * run, and then run with the commands that it shows, each as a comment behind {@code true} because their software (Docker, git, the data stream) isn't here, and
     * one more that writes the output where the file says that it will be looked for.
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
        output(file, document).ifPresent(place -> {
            createBucket(place.get(0));
            commands.add("echo done | aws s3 cp --no-progress - s3://" + place.get(0) + "/" + place.get(1));
        });
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

    /** Bucket and key of something that is where the file's check looks. */
    private static Optional<List<String>> output(Path file, Map<String, @Nullable Object> document) throws IOException {
        var options = (Map<?, ?>) document.get("run_options");
        if (options.get("ii_check_s3") instanceof Map<?, ?> place) {
            return Optional.of(
                    List.of(place.get("bucket").toString(), place.get("prefix").toString()));
        }
        if (!Boolean.TRUE.equals(options.get("ii_check_s3"))) {
            return Optional.empty();
        }
        var text = Pattern.compile("(?is)s3_bucket\\W+([\\w.-]+).*s3_prefix\\W+([\\w./-]+)")
                .matcher(Files.readString(file));
        assertThat(text.find()).isTrue();
        return Optional.of(List.of(text.group(1), text.group(2) + "/output.txt"));
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

    /** A command that leaves a line on this machine each time it runs. */
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

    /** Waits for the end, which has to be that one. */
    private static DescribeExecutionResponse ends(String execution, String outcome, int instances, int ran) {
        var end = app.awaitEnd(execution, A_WHILE);
        assertThat(outcome(end)).as(cause(end)).isEqualTo(outcome);
        leftNothing(execution, instances, ran);
        return end;
    }

    /**
     * Nothing of the execution costs anything any more.
     *
     * @param instances that were launched
     * @param ran how often the counted command ran
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

    /** The first sweep marks an orphan, one that is at least two minutes later ends it: the mark is made older. */
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

    /** A sweep to which EC2 refused something fails, and the schedule makes another one a minute later. */
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
