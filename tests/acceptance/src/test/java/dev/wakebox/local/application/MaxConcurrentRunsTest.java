package dev.wakebox.local.application;

import static dev.wakebox.local.application.RunningApplication.A_WHILE;
import static dev.wakebox.local.application.RunningApplication.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;

/**
 * MaxConcurrentRuns and quotas, from outside: a stack in which three runs may have an instance at the same time. The runs of a test that
 * have slots wait for a file, so that the others wait for them.
 */
class MaxConcurrentRunsTest {
    private static final int SLOTS = 3;
    private static final AtomicInteger TESTS = new AtomicInteger();

    @TempDir
    static Path directory;

    private static RunningApplication app;
    private static String table;

    private final String test = "t" + TESTS.incrementAndGet();
    private Path gate;
    private Path done;

    @BeforeAll
    static void start() {
        app = RunningApplication.startWithOnly(
                "Runs", directory.resolve("run"), Map.of("MaxConcurrentRuns", String.valueOf(SLOTS)));
        table = app.dynamoDb.listTables().tableNames().stream()
                .filter(name -> name.contains("RunSlots"))
                .findFirst()
                .orElseThrow();
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    @BeforeEach
    void prepare() {
        gate = directory.resolve(test + "-gate");
        done = directory.resolve(test + "-done");
    }

    @AfterEach
    void leavesNothing() {
        await("no run has a slot", A_WHILE, () -> items("slot").isEmpty());
        assertThat(items("waiting")).isEmpty();
        assertThat(app.instancesLeft()).isEmpty();
    }

    @Test
    void twelveRuns_whenThreeMayHaveAnInstance_haveThemInTheirOrderAndTheOthersAreQueued(@TempDir Path elsewhere)
            throws Exception {
        var executions = new ArrayList<String>(startHolders());
        IntStream.rangeClosed(4, 12).forEach(number -> executions.add(startRun(number)));
        await("nine runs wait", A_WHILE, () -> items("waiting").size() == 9);
        assertThat(app.instancesLeft()).hasSize(SLOTS);

        var commands = new Commands(app.aws(), elsewhere);
        String list = commands.run("runs").said();
        assertThat(list.lines().filter(line -> line.startsWith("QUEUED "))).hasSize(9);
        assertThat(list.lines().filter(line -> line.startsWith("RUNNING "))).hasSize(3);
        assertThat(commands.run("show", name(7)).said())
                .contains("none yet (QUEUED)", "Waits for", "MaxConcurrentRuns", "4 in the queue", "WaitForSlot");

        Files.createFile(gate);
        var most = new AtomicInteger();
        await("all have ended", A_WHILE, () -> {
            most.accumulateAndGet(app.instancesLeft().size(), Math::max);
            return executions.stream()
                    .noneMatch(execution -> app.describe(execution).status() == ExecutionStatus.RUNNING);
        });

        assertThat(most.get()).isBetween(1, SLOTS);
        assertThat(executions)
                .allSatisfy(execution ->
                        assertThat(app.describe(execution).status()).isEqualTo(ExecutionStatus.SUCCEEDED));
        assertThat(executions.stream().map(this::tookSlotAt).toList())
                .as("the times at which they got their slots, in the order of their submission")
                .isSorted();
        assertThat(Files.readAllLines(done)).hasSize(12).doesNotHaveDuplicates();
    }

    @Test
    @InTestAll
    void cancel_whenTheRunIsQueued_removesItAndTheNextOneRuns(@TempDir Path elsewhere) throws Exception {
        List<String> holders = startHolders();
        String cancelled = startRun(4);
        String next = startRun(5);
        await("two runs wait", A_WHILE, () -> items("waiting").size() == 2);

        assertThat(new Commands(app.aws(), elsewhere).run("cancel", name(4)).said())
                .contains("Stopped");
        await("one run waits", A_WHILE, () -> items("waiting").size() == 1);
        Files.createFile(gate);

        assertThat(app.awaitEnd(next, A_WHILE).status()).isEqualTo(ExecutionStatus.SUCCEEDED);
        holders.forEach(each -> assertThat(app.awaitEnd(each, A_WHILE).status()).isEqualTo(ExecutionStatus.SUCCEEDED));
        assertThat(app.describe(cancelled).status()).isEqualTo(ExecutionStatus.ABORTED);
        assertThat(app.instancesOf(cancelled)).isEmpty();
        await("the outcome is published", A_WHILE, () -> app.outcomes().containsKey(cancelled));
        assertThat(app.outcomes().get(cancelled)).containsEntry("outcome", "CANCELLED");
    }

    @Test
    void stopExecution_whenTheRunHasASlot_freesItForTheNext() throws Exception {
        List<String> holders = startHolders();
        String next = startRun(4);
        await("a run waits", A_WHILE, () -> items("waiting").size() == 1);

        app.stepFunctions.stopExecution(request -> request.executionArn(holders.getFirst()));

        await("the next has the slot", A_WHILE, () -> executionsWithSlots().contains(next));
        assertThat(executionsWithSlots()).hasSize(SLOTS).doesNotContain(holders.getFirst());
        Files.createFile(gate);
        assertThat(app.awaitEnd(next, A_WHILE).status()).isEqualTo(ExecutionStatus.SUCCEEDED);
        holders.forEach(each -> app.awaitEnd(each, A_WHILE));
    }

    /** Step Functions repeats the task. */
    @Test
    void run_whenTheFunctionFailsAtFirst_getsItsSlotLater() throws Exception {
        Files.createFile(gate);

        String[] run = new String[1];
        whileDenied("dynamodb:PutItem", () -> {
            run[0] = startRun(1);
            await("the function fails", A_WHILE, () -> app.log("run-slots").contains("PutItem"));
        });

        assertThat(app.awaitEnd(run[0], A_WHILE).status()).isEqualTo(ExecutionStatus.SUCCEEDED);
    }

    @Test
    void end_whenTheFunctionFails_isMadeGoodByTheSweep() throws Exception {
        List<String> holders = startHolders();
        String next = startRun(4);
        await("a run waits", A_WHILE, () -> items("waiting").size() == 1);

        whileDenied("dynamodb:DeleteItem", () -> {
            app.stepFunctions.stopExecution(request -> request.executionArn(holders.getFirst()));
            await("the function fails", A_WHILE, () -> app.log("run-slots").contains("DeleteItem"));
            assertThat(executionsWithSlots()).contains(holders.getFirst()).doesNotContain(next);
        });

        assertThat(app.invoke("run-slots", "{}")).containsEntry("event", "swept");

        await("the next has the slot", A_WHILE, () -> executionsWithSlots().contains(next));
        Files.createFile(gate);
        assertThat(app.awaitEnd(next, A_WHILE).status()).isEqualTo(ExecutionStatus.SUCCEEDED);
        holders.forEach(each -> app.awaitEnd(each, A_WHILE));
    }

    /** Takes an action from the function's role meanwhile, so that the function fails. */
    private static void whileDenied(String action, Runnable step) {
        String role = app.lambda
                .getFunctionConfiguration(request -> request.functionName("wakebox-run-slots"))
                .role();
        String roleName = role.substring(role.lastIndexOf('/') + 1);
        try (var iam = app.client(IamClient.builder())) {
            iam.putRolePolicy(request ->
                    request.roleName(roleName).policyName("of-a-test").policyDocument("""
                    {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "%s", "Resource": "*"}}""".formatted(action)));
            try {
                step.run();
            } finally {
                iam.deleteRolePolicy(request -> request.roleName(roleName).policyName("of-a-test"));
            }
        }
    }

    @Test
    void sweep_whenExecutionsWithSlotsAreGone_freesTheirSlots() throws Exception {
        for (int slot = 1; slot <= SLOTS; slot++) {
            String execution = app.stateMachine.replace(":stateMachine:", ":execution:") + ":gone-" + slot;
            Map<String, AttributeValue> item = Map.of(
                    "kind", AttributeValue.fromS("slot"),
                    "place", AttributeValue.fromS("000" + slot),
                    "execution", AttributeValue.fromS(execution));
            app.dynamoDb.putItem(request -> request.tableName(table).item(item));
        }
        Files.createFile(gate);
        String run = startRun(1);
        await("the run waits", A_WHILE, () -> items("waiting").size() == 1);

        assertThat(app.invoke("run-slots", "{}")).containsEntry("event", "swept");

        assertThat(app.awaitEnd(run, A_WHILE).status()).isEqualTo(ExecutionStatus.SUCCEEDED);
    }

    @Test
    @InTestAll
    void run_whenAQuotaRefusesItAtFirst_waitsAndSaysWhichQuotaAndRuns(@TempDir Path elsewhere) throws Exception {
        Files.createFile(gate);
        String run = app.startExecution(
                name(1), document("RunInstances=VcpuLimitExceeded times=2", Map.of("retry_backoff_base_s", 20)));
        var commands = new Commands(app.aws(), elsewhere);

        await("it is queued", A_WHILE, () -> {
            try {
                return commands.run("show", name(1)).said().contains("QUEUED");
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        var end = app.awaitEnd(run, A_WHILE);

        assertThat(end.status()).as(end.cause()).isEqualTo(ExecutionStatus.SUCCEEDED);
        assertThat(app.instancesOf(run)).hasSize(1);
        assertThat(Json.object(end.output().getBytes(UTF_8)).get("run"))
                .asString()
                .contains("attempt=0", "Running On-Demand Standard", "L-1216C47A");
    }

    @Test
    void run_whenAQuotaRefusesItAsLongAsItsTimeout_endsAndNamesTheQuota() throws Exception {
        Files.createFile(gate);
        String run = app.startExecution(
                name(1),
                document(
                        "RunInstances=MaxSpotInstanceCountExceeded market=spot times=always",
                        Map.of("timeout_s", 5, "retry_backoff_base_s", 2, "ii_cheapo", true),
                        "RunInstances=VcpuLimitExceeded market=on-demand times=always"));

        var end = app.awaitEnd(run, A_WHILE);

        assertThat(end.error()).isEqualTo("LAUNCH_FAILED");
        assertThat(end.cause())
                .contains("MaxSpotInstanceCountExceeded", "VcpuLimitExceeded", "L-1216C47A", "servicequotas");
        assertThat(app.instancesOf(run)).isEmpty();
    }

    /** Starts as many runs as there are slots, in order, and waits until they have them. */
    private List<String> startHolders() {
        var holders = new ArrayList<String>();
        for (int number = 1; number <= SLOTS; number++) {
            String execution = startRun(number);
            await(name(number) + " has a slot", A_WHILE, () -> executionsWithSlots()
                    .contains(execution));
            holders.add(execution);
        }
        await("the instances are there", A_WHILE, () -> app.instancesLeft().size() == SLOTS);
        return holders;
    }

    private String startRun(int number) {
        return app.startExecution(name(number), document("", Map.of()));
    }

    private String name(int number) {
        return "%s-%02d".formatted(test, number);
    }

    private Map<String, Object> document(String fault, Map<String, Object> more, String... faults) {
        var options = new LinkedHashMap<String, Object>(Map.of("timeout_s", 600, "ii_terminate_instance", true));
        options.putAll(more);
        var document = new LinkedHashMap<>(RunningApplication.runDocument(
                options, "while [ ! -e " + gate + " ]; do sleep 0.2; done", "echo $$-$RANDOM-$(date +%N) >> " + done));
        if (!fault.isEmpty()) {
            var parameters = new LinkedHashMap<Object, Object>((Map<?, ?>) document.get("instance_parameters"));
            var tags = new ArrayList<Map<String, String>>();
            tags.add(Map.of("Key", "wakebox:fault", "Value", fault));
            for (String another : faults) {
                tags.add(Map.of("Key", "wakebox:fault" + tags.size(), "Value", another));
            }
            parameters.put("TagSpecifications", List.of(Map.of("ResourceType", "instance", "Tags", tags)));
            document.put("instance_parameters", parameters);
        }
        return document;
    }

    private Instant tookSlotAt(String execution) {
        var run = (Map<?, ?>)
                Json.object(app.describe(execution).output().getBytes(UTF_8)).get("run");
        return Instant.parse(String.valueOf(((Map<?, ?>) run.get("slot")).get("taken_at")));
    }

    private static List<String> executionsWithSlots() {
        return items("slot").stream().map(item -> item.get("execution").s()).toList();
    }

    private static List<Map<String, AttributeValue>> items(String kind) {
        return app.dynamoDb
                .query(request -> request.tableName(table)
                        .consistentRead(true)
                        .keyConditionExpression("kind = :kind")
                        .expressionAttributeValues(Map.of(":kind", AttributeValue.fromS(kind))))
                .items();
    }
}
