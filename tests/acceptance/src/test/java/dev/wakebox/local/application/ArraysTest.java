package dev.wakebox.local.application;

import static dev.wakebox.local.application.RunningApplication.A_WHILE;
import static dev.wakebox.local.application.RunningApplication.await;
import static dev.wakebox.local.application.RunningApplication.runDocument;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;

/** Arrays: many runs of one document, seen from outside. Each test has names of its own. */
@Execution(ExecutionMode.CONCURRENT)
class ArraysTest {
    /** Some seconds for each run on one processor, for a computer that does much else. */
    private static final Duration LONG = Duration.ofMinutes(60);

    @TempDir
    static Path directory;

    static RunningApplication app;

    @BeforeAll
    static void start() {
        app = RunningApplication.startWithOnly("Runs", directory.resolve("run"), Map.of());
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    @Test
    void array_whenThreePercentFail_countsThem_andARerunRunsOnlyThose() throws Exception {
        int size = RunningApplication.rounds(25, 1000);
        List<Integer> failing = IntStream.range(0, size)
                .filter(index -> List.of(7, 40, 73).contains(index % 100))
                .boxed()
                .toList();
        Path file = write(
                "many.json",
                array(
                        Map.of("size", size, "concurrency", 20),
                        "echo \"this is $INDEX, or $WAKEBOX_INDEX\"",
                        "case $(($INDEX % 100)) in 7|40|73) test -n \"$FIXED\" ;; esac"));

        var run = commands().run("run", file.toString(), "--name", "many", "--wait");
        JsonObject array = shown("many");

        assertThat(run.exitCode()).as(run.said()).isEqualTo(1);
        assertThat(array.text("outcome")).isEqualTo("RUNS_FAILED");
        assertThat(array.text("cause"))
                .isEqualTo((size - failing.size()) + " of " + size + " runs succeeded, " + failing.size() + " failed.");
        assertThat(array.number("succeeded")).isEqualTo(size - failing.size());
        assertThat(array.number("failed")).isEqualTo(failing.size());
        assertThat(array.number("running")).isEqualTo(0);
        assertThat(array.number("pending")).isEqualTo(0);
        assertThat(array.texts("failed_runs"))
                .isEqualTo(failing.stream().map(index -> "many-" + index).toList());
        assertThat(namesOfInstances("many")).hasSize(size).doesNotHaveDuplicates();
        assertThat(commands().run("logs", "many-3").said()).contains("this is 3, or 3");
        await("the outcome of the array is published", A_WHILE, () -> app.outcomes()
                .containsKey(arn("many")));
        assertThat(app.outcomes().get(arn("many")))
                .containsEntry("outcome", "RUNS_FAILED")
                .containsEntry(
                        "array",
                        Map.of(
                                "size",
                                size,
                                "succeeded",
                                size - failing.size(),
                                "failed",
                                failing.size(),
                                "not_started",
                                0));
        assertThat(app.outcomes().get(runArn("many-7"))).containsEntry("array_index", 7);

        var again = commands().run("rerun", "many", "--name", "again", "--set", "run_options.env.FIXED=yes", "--watch");
        JsonObject fixed = shown("again");

        assertThat(again.exitCode()).as(again.said()).isEqualTo(0);
        assertThat(fixed.number("size")).isEqualTo(failing.size());
        assertThat(fixed.number("succeeded")).isEqualTo(failing.size());
        assertThat(namesOfInstances("again"))
                .containsExactlyInAnyOrderElementsOf(
                        failing.stream().map(index -> "again-" + index).toList());
        assertThat(commands().run("rerun", "again").said()).contains("nothing to run again");
        String prices = RunningApplication.ROOT.resolve("local/prices.json").toString();
        assertThat(commands().run("cost", "again", "--prices", prices).said())
                .startsWith("again, " + failing.size() + " runs: about ");
    }

    @Test
    void list_withTextsThatAShellWouldRead_reachesTheCommandsAsItIs() {
        List<Object> items = List.of(
                "it's $(touch /tmp/never) \"`id`\"\n$INDEX",
                JsonObject.of("year", 2020).with("name", "ä"),
                "arn:aws:s3:::bucket/key");
        put("lists/odd.json", Json.string(items));
        put("lists/rows.csv", "id,name\n1,\"a, b\"\n2,c\n");

        String odd = start(
                "odd",
                array(
                        Map.of("list", "s3://" + app.bucket + "/lists/odd.json"),
                        "printf %s \"$WAKEBOX_ITEM\" | base64 | tr -d '\\n'"));
        String rows = start(
                "rows",
                array(
                        Map.of("list", "s3://" + app.bucket + "/lists/rows.csv"),
                        "printf %s \"$WAKEBOX_ITEM\" | base64 | tr -d '\\n'"));

        assertThat(app.awaitEnd(odd, LONG).status()).isEqualTo(ExecutionStatus.SUCCEEDED);
        assertThat(app.awaitEnd(rows, LONG).status()).isEqualTo(ExecutionStatus.SUCCEEDED);
        assertThat(decoded("odd-0")).isEqualTo(items.getFirst());
        assertThat(decoded("odd-1")).isEqualTo("{\"year\":2020,\"name\":\"ä\"}");
        assertThat(decoded("odd-2")).isEqualTo("arn:aws:s3:::bucket/key");
        assertThat(decoded("rows-0")).isEqualTo("{\"id\":\"1\",\"name\":\"a, b\"}");
    }

    @Test
    void array_withAMistake_isRefusedBeforeItsFirstRun() {
        put("lists/key.jsonl", "\"fine\"\n\"AKIAIOSFODNN7EXAMPLE\"\n");
        Map<String, String> refused = Map.of(
                "wrong-option",
                start("wrong-option", with(array(Map.of("size", 3), "true"), "timeout_s", "soon")),
                "no-list",
                start("no-list", array(Map.of("list", "s3://" + app.bucket + "/lists/none.json"), "true")),
                "key-in-list",
                start("key-in-list", array(Map.of("list", "s3://" + app.bucket + "/lists/key.jsonl"), "true")),
                "too-high",
                start("too-high", array(Map.of("size", 3, "indexes", "1-3"), "true")));
        Map<String, String> causes = Map.of(
                "wrong-option", "$.run_options.timeout_s: must be a whole number",
                "no-list",
                        "$.run_options.array.list: names s3://" + app.bucket + "/lists/none.json, which doesn't exist",
                "key-in-list", "$.run_options.array.list[1]: looks like an access key of AWS",
                "too-high", "$.run_options.array.indexes: must be below");

        refused.forEach((name, execution) -> {
            DescribeExecutionResponse end = app.awaitEnd(execution, A_WHILE);
            assertThat(end.error()).as(name).isEqualTo("LAUNCH_FAILED");
            assertThat(end.cause()).as(name).contains(causes.get(name), "nothing was launched");
            assertThat(runsOf(name)).as(name).isEmpty();
        });
    }

    @Test
    void array_whenMoreFailThanAreTolerated_startsNoFurtherRun() {
        String execution =
                start("strict", array(Map.of("size", 4, "concurrency", 1, "tolerated_failure_count", 0), "exit 3"));
        String lenient =
                start("lenient", array(Map.of("size", 2, "tolerated_failure_percentage", 50), "test $INDEX -eq 1"));

        assertThat(app.awaitEnd(execution, LONG).cause())
                .isEqualTo("0 of 4 runs succeeded, 1 failed, 3 did not start.");
        assertThat(runsOf("strict")).containsExactly("strict-0");
        assertThat(app.awaitEnd(lenient, LONG).status()).isEqualTo(ExecutionStatus.SUCCEEDED);
        assertThat(app.awaitEnd(lenient, LONG).output()).contains("That many are tolerated.");
    }

    @Test
    void array_whenItIsStoppedInTheMiddle_leavesNoInstance() {
        String execution = start("stopped", array(Map.of("size", 9, "concurrency", 3), "sleep 900"));
        await(
                "three runs have an instance",
                LONG,
                () -> namesOfInstances("stopped").size() == 3);

        app.stepFunctions.stopExecution(request -> request.executionArn(execution));

        await("their instances have ended", LONG, () -> leftOf("stopped").isEmpty());
        assertThat(runsOf("stopped")).hasSize(3);
        for (String run : runsOf("stopped")) {
            assertThat(app.awaitEnd(runArn(run), A_WHILE).status()).isEqualTo(ExecutionStatus.ABORTED);
        }
        await("the outcomes are published", A_WHILE, () -> app.outcomes().containsKey(execution));
        assertThat(app.outcomes().get(execution)).containsEntry("outcome", "CANCELLED");
    }

    @Test
    void cancel_whenRunsAreRunning_stopsThemToo() throws Exception {
        start("cancelled", array(Map.of("size", 5, "concurrency", 2), "sleep 900"));
        await(
                "two runs have an instance",
                LONG,
                () -> namesOfInstances("cancelled").size() == 2);

        assertThat(commands().run("cancel", "cancelled").exitCode()).isEqualTo(0);

        await("their instances have ended", LONG, () -> leftOf("cancelled").isEmpty());
        JsonObject array = shown("cancelled");
        assertThat(array.text("outcome")).isEqualTo("CANCELLED");
        assertThat(array.number("running")).isEqualTo(0);
        assertThat(array.number("pending")).isEqualTo(3);
        assertThat(array.text("remaining")).isEqualTo("0-4");
    }

    @Test
    @InTestAll
    void array_whenAnInstanceIsLostOrANameIsTaken_countsTheseRunsAsFailed() {
        app.awaitEnd(app.startExecution("hit-2", with(runDocument(Map.of(), "true"), "dry_run", true)), A_WHILE);
        String execution = start("hit", array(Map.of("size", 3), "case $INDEX in 1) sleep 900 ;; esac"));
        await("the run has an instance", LONG, () -> namesOfInstances("hit").contains("hit-1"));
        Instance lost = app.instancesOf(runArn("hit-1")).getFirst();
        await("its commands are running", LONG, () -> app.statesEntered(runArn("hit-1")).stream()
                .anyMatch(state -> state.name().equals("EC2Poller")));

        app.ec2.terminateInstances(request -> request.instanceIds(lost.instanceId()));

        assertThat(app.awaitEnd(execution, LONG).cause()).isEqualTo("1 of 3 runs succeeded, 2 failed.");
        assertThat(app.describe(runArn("hit-1")).error()).isEqualTo("COMMAND_FAILED");
        assertThat(app.instancesOf(runArn("hit-2"))).isEmpty();
    }

    /** The fault is a tag of each run's instance: EC2 takes that of attempt 0 of the run 0 back, and those of no other run. */
    @Test
    @InTestAll
    void array_whenASpotInstanceIsTakenBack_repeatsThatRunAndCountsItOnce() throws Exception {
        Map<String, Object> document =
                array(Map.of("size", 3), "[ \"$INDEX\" != 0 ] || [ \"$WAKEBOX_ATTEMPT\" = 1 ] || sleep 900");
        for (var option : Map.of("ii_cheapo", true, "n_interruptions_allowed", 1, "retry_backoff_base_s", 1)
                .entrySet()) {
            document = with(document, option.getKey(), option.getValue());
        }
        String tagged = Json.string(document)
                .replace(
                        "{\"Key\":\"index\",\"Value\":\"$INDEX\"}",
                        "{\"Key\":\"index\",\"Value\":\"$INDEX\"},"
                                + "{\"Key\":\"wakebox:fault\",\"Value\":\"interrupt=45 attempt=$INDEX\"}");

        String execution = start("taken", Json.object(tagged.getBytes(UTF_8)));

        assertThat(app.awaitEnd(execution, LONG).status()).isEqualTo(ExecutionStatus.SUCCEEDED);
        assertThat(Json.object(app.describe(execution).output().getBytes(UTF_8)).object("counts"))
                .containsEntry("succeeded", 3)
                .containsEntry("failed", 0);
        assertThat(runsOf("taken")).hasSize(3);
        assertThat(namesOfInstances("taken")).containsExactlyInAnyOrder("taken-0", "taken-0", "taken-1", "taken-2");
        assertThat(shown("taken-0").objects("earlier_attempts"))
                .singleElement()
                .satisfies(attempt -> assertThat(attempt).containsEntry("outcome", "INTERRUPTED"));
        assertThat(shown("taken").number("succeeded")).isEqualTo(3);
    }

    @Test
    void run_withAWholeArray_isSentToTheOtherStateMachine() {
        var end = app.awaitEnd(app.startExecution("astray", array(Map.of("size", 2), "true")), A_WHILE);

        assertThat(end.error()).isEqualTo("LAUNCH_FAILED");
        assertThat(end.cause()).contains("$.run_options.array", "-ec2-run-array");
    }

    // ---------------------------------------------------------------- help

    private static Map<String, Object> array(Map<String, Object> array, String... commands) {
        Map<String, Object> document =
                runDocument(Map.of("ii_terminate_instance", true, "timeout_s", 3600, "array", array), commands);
        JsonObject parameters = JsonObject.copyOf(document).object("instance_parameters");
        return JsonObject.copyOf(document)
                .with(
                        "instance_parameters",
                        parameters.with(
                                "TagSpecifications",
                                List.of(Map.of(
                                        "ResourceType",
                                        "instance",
                                        "Tags",
                                        List.of(Map.of("Key", "index", "Value", "$INDEX"))))));
    }

    private static Map<String, Object> with(Map<String, Object> document, String option, Object value) {
        JsonObject given = JsonObject.copyOf(document);
        return given.with("run_options", given.object("run_options").with(option, value));
    }

    private static String start(String name, Map<String, Object> document) {
        return app.startExecution(app.stateMachine + "-array", name, document);
    }

    private static String arn(String array) {
        return app.stateMachine.replace(":stateMachine:", ":execution:") + "-array:" + array;
    }

    private static String runArn(String run) {
        return app.stateMachine.replace(":stateMachine:", ":execution:") + ":" + run;
    }

    private static List<String> runsOf(String array) {
        return app
                .stepFunctions
                .listExecutionsPaginator(request -> request.stateMachineArn(app.stateMachine))
                .executions()
                .stream()
                .map(execution -> execution.name())
                .filter(name -> name.matches(array + "-\\d+"))
                .toList();
    }

    /** The names of the runs of an array by the tags of the instances that were launched for them, one for each instance. */
    private static List<String> namesOfInstances(String array) {
        var names = new ArrayList<String>();
        for (Instance instance : instances(array)) {
            String index = instance.tags().stream()
                    .filter(tag -> tag.key().equals("index"))
                    .map(tag -> tag.value())
                    .findFirst()
                    .orElseThrow();
            names.add(array + "-" + index);
        }
        return names;
    }

    private static List<Instance> instances(String array) {
        return app
                .ec2
                .describeInstancesPaginator(request -> request.filters(Filter.builder()
                        .name("tag:wakebox:execution")
                        .values(runArn(array + "-*"))
                        .build()))
                .reservations()
                .stream()
                .flatMap(reservation -> reservation.instances().stream())
                .toList();
    }

    private static List<Instance> leftOf(String array) {
        return instances(array).stream().filter(RunningApplication::isLeft).toList();
    }

    private static String decoded(String run) {
        String stream = app.describe(runArn(run)).output();
        var logs = Json.object(stream.getBytes(UTF_8)).object("run").object("logs");
        String lines = String.join("", app.logLines(logs.text("log_group"), logs.text("stdout_stream")));
        return new String(Base64.getDecoder().decode(lines.strip()), UTF_8);
    }

    private static void put(String key, String text) {
        app.s3.putObject(request -> request.bucket(app.bucket).key(key), RequestBody.fromString(text));
    }

    private static Commands commands() throws IOException {
        return new Commands(app.aws(), Files.createDirectories(directory.resolve("commands")));
    }

    private static JsonObject shown(String name) throws IOException, InterruptedException {
        return Json.object(commands().run("show", name, "--json").said().strip().getBytes(UTF_8));
    }

    private static Path write(String name, Map<String, Object> document) throws IOException {
        return Files.writeString(directory.resolve(name), Json.string(document));
    }
}
