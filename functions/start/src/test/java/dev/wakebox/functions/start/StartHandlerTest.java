package dev.wakebox.functions.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.compute.InMemoryInstances;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.StatusStore;
import dev.wakebox.status.TrainingJobFile;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StartHandlerTest {
    private static final String BUCKET = "wakebox-data-000000000000-us-east-1";
    private static final String ID = "i-0123456789abcdef0";
    private static final List<Object> FAILED =
            List.of(Map.of("itemIdentifier", "059f36b4-87a3-44ab-83d2-661975830a7d"));

    private final InMemoryObjectStore objects = new InMemoryObjectStore(Clock.systemUTC());
    private final InMemoryInstances instances = new InMemoryInstances(Clock.systemUTC());
    private final StartHandler handler =
            new StartHandler(BUCKET, new Starter(objects, instances, ID, Clock.systemUTC()));

    @Test
    void start_whenClaimedAndJobIsThere_startsTheInstance() {
        claimedRunWith(InstanceState.STOPPED);

        assertThat(Invocation.ofFixture(handler, "start-s3-created.json"))
                .isEqualTo(Map.of("messages", List.of("Instance started.")));
        assertThat(instances.calls()).containsExactly("start " + ID);
    }

    @Test
    void start_whenThroughSqs_reportsNoFailure() {
        claimedRunWith(InstanceState.STOPPED);

        assertThat(Invocation.ofFixture(handler, "start-sqs.json")).isEqualTo(Map.of("batchItemFailures", List.of()));
        assertThat(instances.calls()).containsExactly("start " + ID);
    }

    @Test
    void start_whenOrderedOverHttp_startsTheInstanceWithoutAJob() {
        write(StatusStore.KEY, "{\"status\": \"active\"}");
        instances.set(ID, InstanceState.STOPPED);

        assertThat(http(200)).isEqualTo(Map.of("result", "success", "message", "Instance started."));
    }

    /** As `sam local start-api` sends it, which checks no signature. */
    @Test
    void start_whenNoSignatureWasChecked_isForbidden() {
        claimedRunWith(InstanceState.STOPPED);

        var answer =
                Invocation.of(handler, Invocation.fixture("start-http.json").replace("\"authorizer\"", "\"nobody\""));

        assertThat(answer).containsEntry("statusCode", 403);
        assertThat(Invocation.body(answer))
                .extractingByKey("message")
                .asString()
                .contains("POST /start needs IAM");
        assertThat(instances.calls()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"PENDING", "RUNNING"})
    void start_whenEventComesTwice_saysStartedAgain(InstanceState state) {
        claimedRunWith(state);

        assertThat(Invocation.ofFixture(handler, "start-s3-created.json"))
                .isEqualTo(Map.of("messages", List.of("Instance started.")));
        assertThat(instances.describe(ID).orElseThrow().state()).isEqualTo(state);
    }

    @ParameterizedTest
    @ValueSource(strings = {"active", "sleeping"})
    void start_whenDevMode_saysSoBeforeAnythingElse(String status) {
        write(StatusStore.KEY, "{\"status\": \"" + status + "\", \"dev_mode\": true}");
        instances.set(ID, InstanceState.TERMINATED);

        assertThat(Invocation.ofFixture(handler, "start-s3-created.json"))
                .isEqualTo(Map.of("messages", List.of("Dev mode is on.")));
        assertThat(http(200)).isEqualTo(Map.of("result", "success", "message", "Dev mode is on."));
        assertThat(instances.calls()).isEmpty();
    }

    @Test
    void start_whenNotActive_turnsNothingOn() {
        write(TrainingJobFile.KEY, "{}");
        instances.set(ID, InstanceState.STOPPED);

        assertThat(Invocation.ofFixture(handler, "start-s3-created.json"))
                .isEqualTo(Map.of("messages", List.of("Status not active. Server not turned on.")));
        assertThat(http(200))
                .isEqualTo(Map.of("result", "success", "message", "Status not active. Server not turned on."));
        assertThat(instances.calls()).isEmpty();
    }

    @Test
    void start_whenJobIsGoneAgain_turnsNothingOn() {
        claimedRunWith(InstanceState.STOPPED);
        objects.delete(TrainingJobFile.KEY);

        assertThat(Invocation.ofFixture(handler, "start-s3-created.json"))
                .isEqualTo(Map.of(
                        "messages", List.of("Nothing to run: training/training.json is gone. Server not turned on.")));
        assertThat(instances.calls()).isEmpty();
    }

    /** `stop` ends the run before it can see the started instance. */
    @ParameterizedTest
    @ValueSource(strings = {"\"active\", \"since\": \"2026-11-22T12:00:00Z\"", "\"sleeping\""})
    void start_whenTheRunEndsBeforeTheInstanceIsStarted_stopsItAgain(String status) {
        claimedRunWith(InstanceState.STOPPED);
        instances.beforeStart(() -> {
            objects.delete(TrainingJobFile.KEY);
            write(StatusStore.KEY, "{\"status\": " + status + "}");
        });

        assertThat(Invocation.ofFixture(handler, "start-sqs.json")).isEqualTo(Map.of("batchItemFailures", List.of()));
        assertThat(instances.calls()).containsExactly("start " + ID, "stop " + ID);
    }

    @Test
    void start_whenTheRunOfAnOperatorsRequestEnds_stopsTheInstanceAgain() {
        write(StatusStore.KEY, "{\"status\": \"active\"}");
        instances.set(ID, InstanceState.STOPPED);
        instances.beforeStart(() -> write(StatusStore.KEY, "{\"status\": \"sleeping\"}"));

        assertThat(http(200))
                .isEqualTo(Map.of(
                        "result",
                        "success",
                        "message",
                        "The run ended while its instance was being started. Instance stopped."));
        assertThat(instances.calls()).containsExactly("start " + ID, "stop " + ID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"active\", \"since\": \"2026-11-22T12:00:07Z\"", // its order follows the claim
                "\"sleeping\", \"dev_mode\": true"
            })
    void start_whenAnotherRunOrADeveloperHasTheInstanceSince_leavesItRunning(String status) {
        claimedRunWith(InstanceState.STOPPED);
        instances.beforeStart(() -> {
            objects.delete(TrainingJobFile.KEY);
            write(StatusStore.KEY, "{\"status\": " + status + "}");
        });

        assertThat(Invocation.ofFixture(handler, "start-s3-created.json"))
                .isEqualTo(Map.of("messages", List.of("Instance started.")));
        assertThat(instances.calls()).containsExactly("start " + ID);
    }

    @ParameterizedTest
    @CsvSource({"STOPPING, UNAVAILABLE, 503", "SHUTTING_DOWN, INTERNAL, 500", "TERMINATED, INTERNAL, 500"})
    void start_whenInstanceCannotBeStarted_failsSoThatTheEventIsRedelivered(
            InstanceState state, ErrorCode code, int status) {
        claimedRunWith(state);

        assertThat(Invocation.ofFixture(handler, "start-sqs.json")).isEqualTo(Map.of("batchItemFailures", FAILED));
        assertFails(code);
        assertThat(http(status)).extractingByKey("message").asString().contains("training instance");
        assertThat(instances.calls()).isEmpty();
    }

    @Test
    void start_whenEc2DoesNotKnowTheInstance_isInternal() {
        claimedRunWith(InstanceState.STOPPED);
        var other = new StartHandler(BUCKET, new Starter(objects, instances, "i-gone", Clock.systemUTC()));

        assertThatThrownBy(() -> Invocation.ofFixture(other, "start-s3-created.json"))
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL))
                .hasMessageContaining("EC2 does not know it");
    }

    @Test
    void start_whenStoreIsOutOfReach_failsSoThatTheEventIsRedelivered() {
        claimedRunWith(InstanceState.STOPPED);
        objects.failOn("get", StatusStore.KEY, new WakeboxException(ErrorCode.UNAVAILABLE, "Cannot read."));

        assertFails(ErrorCode.UNAVAILABLE);
    }

    @ParameterizedTest
    @CsvSource({
        "training/training.json, training/other.json",
        "wakebox-data-000000000000-us-east-1, another-bucket",
        "ObjectCreated:Put, ObjectRemoved:Delete"
    })
    void start_whenEventIsAboutSomethingElse_isIgnored(String ours, String other) {
        claimedRunWith(InstanceState.STOPPED);
        String event = Invocation.fixture("start-s3-created.json").replace(ours, other);

        assertThat(Invocation.of(handler, event))
                .extractingByKey("messages")
                .asString()
                .contains("Ignored");
        assertThat(instances.calls()).isEmpty();
    }

    @Test
    void start_whenTestEvent_isIgnored() {
        claimedRunWith(InstanceState.STOPPED);

        assertThat(Invocation.of(handler, "{\"Service\": \"Amazon S3\", \"Event\": \"s3:TestEvent\"}"))
                .isEqualTo(Map.of("messages", List.of()));
        assertThat(instances.calls()).isEmpty();
    }

    @Test
    void start_whenTheTrainingComesFromTheQueue_takesItOutBeforeTheInstanceIsStarted() {
        claimedRunWith(InstanceState.STOPPED);
        write(TrainingJobFile.KEY, "{\"token\": \"b\"}");
        write(StatusStore.KEY, """
                {"status": "active", "token": "b", "since": "2026-11-22T12:00:00Z", "queue": [
                 {"token": "b", "task_type": "t", "since": "2026-11-22T11:00:00Z"},
                 {"token": "c", "task_type": "t", "since": "2026-11-22T11:00:00Z"}]}""");
        var statuses = new StatusStore(objects, Clock.systemUTC());
        instances.beforeStart(
                () -> assertThat(statuses.read().status().beingHandedOver()).isFalse());

        Invocation.ofFixture(
                new StartHandler(BUCKET, new Starter(objects, instances, ID, Clock.systemUTC(), 5)),
                "start-s3-created.json");

        assertThat(instances.calls()).containsExactly("start " + ID);
        assertThat(statuses.read().status().token()).isEqualTo("b");
        assertThat(statuses.read().status().place("c")).isEqualTo(1);
    }

    @Test
    void start_whenTheOrderIsStillThatOfAnEarlierRun_isRetried() {
        claimedRunWith(InstanceState.STOPPED);
        write(StatusStore.KEY, """
                {"status": "active", "token": "b", "since": "2026-11-22T12:00:00Z", "queue": [
                 {"token": "b", "task_type": "t", "since": "2026-11-22T11:00:00Z"}]}""");
        var queueing = new StartHandler(BUCKET, new Starter(objects, instances, ID, Clock.systemUTC(), 5));

        assertThatThrownBy(() -> Invocation.ofFixture(queueing, "start-s3-created.json"))
                .hasMessageContaining("The training order of b is being handed over");

        assertThat(instances.calls()).isEmpty();
        assertThat(new StatusStore(objects, Clock.systemUTC()).read().status().beingHandedOver())
                .isTrue();
    }

    @Test
    void start_whenTheRunEndsWhileATrainingJoinsTheQueue_stopsTheInstanceAgain() {
        claimedRunWith(InstanceState.STOPPED);
        instances.beforeStart(() -> {
            objects.delete(TrainingJobFile.KEY);
            write(StatusStore.KEY, """
                    {"status": "active", "since": "2026-11-22T12:00:00Z", "queue": [
                     {"token": "c", "task_type": "t", "since": "2026-11-22T11:00:00Z"}]}""");
        });

        assertThat(Invocation.ofFixture(handler, "start-s3-created.json").toString())
                .contains("The run ended while its instance was being started.");
    }

    private void claimedRunWith(InstanceState state) {
        write(StatusStore.KEY, "{\"status\": \"active\", \"since\": \"2026-11-22T12:00:00Z\"}");
        write(TrainingJobFile.KEY, "{}");
        instances.set(ID, state);
    }

    private void write(String key, String json) {
        objects.put(key, json.getBytes(StandardCharsets.UTF_8), "application/json", new Condition.Always());
    }

    private Map<String, ?> http(int status) {
        var answer = Invocation.ofFixture(handler, "start-http.json");
        assertThat(answer).containsEntry("statusCode", status);
        return Invocation.body(answer);
    }

    private void assertFails(ErrorCode code) {
        assertThatThrownBy(() -> Invocation.ofFixture(handler, "start-s3-created.json"))
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
