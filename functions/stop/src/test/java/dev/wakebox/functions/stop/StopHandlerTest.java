package dev.wakebox.functions.stop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.compute.InMemoryInstances;
import dev.wakebox.compute.Instance;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.Instances;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.ServerStatus;
import dev.wakebox.status.StatusStore;
import dev.wakebox.status.TrainingJobFile;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import dev.wakebox.webhooks.Notice;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StopHandlerTest {
    private static final String BUCKET = "wakebox-data-000000000000-us-east-1";
    private static final String ID = "i-0123456789abcdef0";
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T12:30:01Z"), ZoneOffset.UTC);

    /** The fixtures' training order is deleted at 12:30:00.250. */
    private static final String SINCE = "2026-11-22T12:00:00.123456Z";

    private final InMemoryObjectStore objects = new InMemoryObjectStore(CLOCK);
    private final InMemoryInstances instances =
            new InMemoryInstances(Clock.fixed(Instant.parse("2026-11-22T12:02:00Z"), ZoneOffset.UTC));
    private final StatusStore statuses = new StatusStore(objects, CLOCK);
    private final StopHandler handler = handler(instances);
    private final List<Notice> webhooks = new ArrayList<>();

    /** As `sam local start-api` sends it, which checks no signature. */
    @Test
    void stop_whenNoSignatureWasChecked_isForbidden() {
        active(SINCE);
        instances.set(ID, InstanceState.RUNNING);

        var answer =
                Invocation.of(handler, Invocation.fixture("stop-http.json").replace("\"authorizer\"", "\"nobody\""));

        assertThat(answer).containsEntry("statusCode", 403);
        assertThat(Invocation.body(answer))
                .extractingByKey("message")
                .asString()
                .contains("POST /stop needs IAM");
        assertThat(instances.calls()).isEmpty();
    }

    @Test
    void stop_whenRunIsOver_stopsTheInstanceAndSleeps() {
        active(SINCE);
        instances.set(ID, InstanceState.RUNNING);

        assertThat(Invocation.ofFixture(handler, "stop-s3-removed.json")).isEqualTo(messages("Instance stopped."));

        assertThat(instances.calls()).containsExactly("stop " + ID);
        assertThat(statuses.read().status())
                .isEqualTo(new ServerStatus(
                        ServerStatus.State.SLEEPING, "", "", false, CLOCK.instant(), JsonObject.of("note", "kept")));
    }

    @Test
    void stop_whenThroughSqs_reportsNoFailure() {
        active(SINCE);
        instances.set(ID, InstanceState.RUNNING);

        assertThat(Invocation.ofFixture(handler, "stop-sqs.json")).isEqualTo(Map.of("batchItemFailures", List.of()));
        assertSleeping();
    }

    @Test
    void stop_whenJobIsThereAgain_leavesTheRunAlone() {
        active(SINCE);
        job();
        instances.set(ID, InstanceState.RUNNING);

        assertThat(Invocation.ofFixture(handler, "stop-s3-removed.json"))
                .isEqualTo(messages("A run is in progress: training/training.json exists. Nothing stopped."));
        assertRunGoesOn();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-11-22T12:30:00.250Z", "2026-11-22T12:30:00.250999Z", "2026-11-22T12:31:00Z"})
    void stop_whenEventIsNotYoungerThanTheClaim_leavesTheRunAlone(String since) {
        active(since);
        instances.set(ID, InstanceState.RUNNING);

        assertThat(Invocation.ofFixture(handler, "stop-s3-removed.json"))
                .extractingByKey("messages")
                .asString()
                .contains("Late event of an earlier run");
        assertRunGoesOn();
    }

    @Test
    void stop_whenEventIsAMillisecondYoungerThanTheClaim_sleeps() {
        active("2026-11-22T12:30:00.249999Z");
        instances.set(ID, InstanceState.RUNNING);

        Invocation.ofFixture(handler, "stop-s3-removed.json");

        assertSleeping();
    }

    @Test
    void stop_whenItsStartIsUnknown_sleeps() {
        write(StatusStore.KEY, "{\"status\": \"active\"}");
        instances.set(ID, InstanceState.RUNNING);

        Invocation.ofFixture(handler, "stop-s3-removed.json");

        assertSleeping();
    }

    @ParameterizedTest
    @ValueSource(strings = {"stop-s3-removed.json", "stop-http.json"})
    void stop_whenDevMode_leavesTheInstanceAloneAndSleeps(String fixture) {
        write(StatusStore.KEY, "{\"status\": \"active\", \"dev_mode\": true, \"since\": \"" + SINCE + "\"}");
        instances.set(ID, InstanceState.RUNNING);

        assertThat(Invocation.ofFixture(handler, fixture).toString()).contains("Dev mode is on. Instance left alone.");

        assertThat(instances.calls()).isEmpty();
        assertThat(statuses.read().status().active()).isFalse();
        assertThat(statuses.read().status().devMode()).isTrue();
    }

    @Test
    void stop_whenEventComesTwice_writesOnce() {
        active(SINCE);
        instances.set(ID, InstanceState.RUNNING);
        Invocation.ofFixture(handler, "stop-s3-removed.json");
        var first = statuses.read();

        assertThat(Invocation.ofFixture(handler, "stop-s3-removed.json")).isEqualTo(messages("Instance stopped."));

        assertThat(statuses.read()).isEqualTo(first);
        assertThat(instances.calls()).containsExactly("stop " + ID);
    }

    @Test
    void stop_whenSleepingAndInstanceRuns_stopsItWithoutARewrite() {
        instances.set(ID, InstanceState.RUNNING);

        Invocation.ofFixture(handler, "stop-s3-removed.json");

        assertThat(instances.calls()).containsExactly("stop " + ID);
        assertThat(objects.head(StatusStore.KEY)).isEmpty();
    }

    @Test
    void stop_whenSleepingAndInstanceWasLaunchedAfterTheEvent_leavesItAlone() {
        var launchedLater = new InMemoryInstances(CLOCK);
        launchedLater.set(ID, InstanceState.RUNNING);

        assertThat(Invocation.ofFixture(handler(launchedLater), "stop-s3-removed.json")
                        .toString())
                .contains("Late event of an earlier run");
        assertThat(launchedLater.calls()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = InstanceState.class,
            names = {"STOPPING", "STOPPED", "SHUTTING_DOWN", "TERMINATED"})
    void stop_whenInstanceIsOnItsWayOrGone_sleepsAllTheSame(InstanceState state) {
        active(SINCE);
        instances.set(ID, state);

        Invocation.ofFixture(handler, "stop-s3-removed.json");

        assertThat(instances.calls()).isEmpty();
        assertThat(statuses.read().status().active()).isFalse();
    }

    @Test
    void stop_whenEc2DoesNotKnowTheInstance_sleepsAllTheSame() {
        active(SINCE);

        Invocation.ofFixture(handler, "stop-s3-removed.json");

        assertThat(statuses.read().status().active()).isFalse();
    }

    @Test
    void stop_whenOrderedOverHttp_deletesTheJobFirstAndStopsWhateverRuns() {
        active("2026-11-22T12:30:00.999Z");
        job();
        instances.set(ID, InstanceState.RUNNING);

        var answer = Invocation.ofFixture(handler, "stop-http.json");

        assertThat(answer).containsEntry("statusCode", 200);
        assertThat(Invocation.body(answer)).isEqualTo(Map.of("result", "success", "message", "Instance stopped."));
        assertThat(objects.head(TrainingJobFile.KEY)).isEmpty();
        assertSleeping();
    }

    @Test
    void stop_whenOrderedWhileARunBegins_leavesNoWorkOrderOfIt() {
        active("2026-11-22T12:30:00.999Z");
        var first = new AtomicBoolean(true);
        var racing = handler(new StoppingHook(() -> {
            if (first.getAndSet(false)) {
                job();
            }
        }));

        assertThat(Invocation.ofFixture(racing, "stop-http.json")).containsEntry("statusCode", 200);

        assertThat(objects.head(TrainingJobFile.KEY)).isEmpty();
        assertThat(statuses.read().status().active()).isFalse();
    }

    @Test
    void stop_whenInstanceCannotBeStopped_keepsTheStatusAndFails() {
        active(SINCE);
        var failing = handler(new StoppingHook(() -> {
            throw new WakeboxException(ErrorCode.UNAVAILABLE, "Cannot stop.");
        }));

        assertThatThrownBy(() -> Invocation.ofFixture(failing, "stop-s3-removed.json"))
                .hasMessage("Cannot stop.");
        assertThat(statuses.read().status().active()).isTrue();
    }

    @Test
    void stop_whenStatusIsChangedInBetween_readsAndDecidesAgain() {
        active(SINCE);
        var racing = handler(new StoppingHook(() -> active("2026-11-22T12:30:00.900Z")));

        assertThat(Invocation.ofFixture(racing, "stop-s3-removed.json").toString())
                .contains("Late event of an earlier run");
        assertThat(statuses.read().status().active()).isTrue();
    }

    @Test
    void stop_whenStatusIsChangedAllTheTime_givesUpSoThatTheEventIsRedelivered() {
        active(SINCE);
        var racing = handler(new StoppingHook(() -> active(SINCE)));

        assertThatThrownBy(() -> Invocation.ofFixture(racing, "stop-s3-removed.json"))
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    @ParameterizedTest
    @CsvSource({
        "training/training.json, training/other.json",
        "wakebox-data-000000000000-us-east-1, another-bucket",
        "ObjectRemoved:Delete, ObjectCreated:Put"
    })
    void stop_whenEventIsAboutSomethingElse_isIgnored(String ours, String other) {
        active(SINCE);
        instances.set(ID, InstanceState.RUNNING);
        String event = Invocation.fixture("stop-s3-removed.json").replace(ours, other);

        assertThat(Invocation.of(handler, event))
                .extractingByKey("messages")
                .asString()
                .contains("Ignored");
        assertRunGoesOn();
    }

    /** A running instance with a side effect on each request to stop it. */
    private record StoppingHook(Runnable onStop) implements Instances {
        @Override
        public Optional<Instance> describe(String id) {
            return Optional.of(new Instance(id, InstanceState.RUNNING, CLOCK.instant()));
        }

        @Override
        public void start(String id) {
            throw new AssertionError("stop never starts");
        }

        @Override
        public void stop(String id) {
            onStop.run();
        }
    }

    @Test
    void stop_whenRunIsOver_sendsItsWebhookBeforeTheClaimIsReleased() {
        active(SINCE);
        instances.set(ID, InstanceState.RUNNING);
        var failing = new AtomicBoolean(true);
        Stopper stopper = new Stopper(
                objects,
                instances,
                ID,
                CLOCK,
                notice -> {
                    if (failing.get()) {
                        throw new WakeboxException(ErrorCode.UNAVAILABLE, "Cannot send.");
                    }
                    webhooks.add(notice);
                },
                0);

        assertThatThrownBy(() -> stopper.jobRemoved(CLOCK.instant())).hasMessage("Cannot send.");
        assertThat(instances.calls()).containsExactly("stop " + ID);
        assertThat(statuses.read().status().active()).isTrue();

        failing.set(false);
        stopper.jobRemoved(CLOCK.instant());
        assertSleeping();
        stopper.jobRemoved(CLOCK.instant());
        assertThat(webhooks).singleElement().satisfies(notice -> {
            assertThat(notice.outcome()).isEqualTo("FAILED");
            assertThat(notice.detail()).containsEntry("reason", "The trainer has ended.");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"stop-s3-removed.json", "stop-http.json"})
    void stop_whenTrainingsWait_stopsTheInstanceAndHandsTheNextOneOver(String fixture) {
        waiting("b", "c");
        instances.set(ID, InstanceState.RUNNING);

        assertThat(Invocation.ofFixture(queueing(), fixture).toString())
                .contains("Instance stopped. Next training: b.");

        assertThat(instances.calls()).containsExactly("stop " + ID);
        assertThat(objects.get(TrainingJobFile.KEY).orElseThrow().body())
                .asString(StandardCharsets.UTF_8)
                .contains("\"b\"");
        ServerStatus status = statuses.read().status();
        assertThat(status.active()).isTrue();
        assertThat(status.token()).isEqualTo("b");
        assertThat(status.beingHandedOver()).isFalse();
        assertThat(status.place("c")).isEqualTo(1);
    }

    @Test
    void stop_whenTheEventComesAgain_beginsTheNextTrainingOnce() {
        waiting("b", "c");
        instances.set(ID, InstanceState.RUNNING);

        Invocation.ofFixture(queueing(), "stop-s3-removed.json");
        String again = Invocation.ofFixture(queueing(), "stop-s3-removed.json").toString();
        objects.delete(TrainingJobFile.KEY);
        String late = Invocation.ofFixture(queueing(), "stop-s3-removed.json").toString();

        assertThat(again).contains("A run is in progress");
        assertThat(late).contains("Late event of an earlier run");
        assertThat(statuses.read().status().token()).isEqualTo("b");
        assertThat(statuses.read().status().place("c")).isEqualTo(1);
    }

    @Test
    void stop_whenItBrokeOffBeforeTheOrderWasHandedOver_isCompletedByTheRedelivery() {
        waiting("b");
        instances.set(ID, InstanceState.RUNNING);
        objects.failOn("put", TrainingJobFile.KEY, new WakeboxException(ErrorCode.UNAVAILABLE, "S3 is down."));
        assertThatThrownBy(() -> Invocation.ofFixture(queueing(), "stop-s3-removed.json"))
                .hasMessage("S3 is down.");
        objects.mend();

        assertThat(Invocation.ofFixture(queueing(), "stop-s3-removed.json").toString())
                .contains("the order of b has yet to be handed over");

        assertThat(objects.head(TrainingJobFile.KEY)).isPresent();
        assertThat(statuses.read().status().beingHandedOver()).isFalse();
    }

    @Test
    void stop_whenDevMode_handsTheNextTrainingOverAndLeavesTheInstanceAlone() {
        waiting("b");
        write(
                StatusStore.KEY,
                new String(objects.get(StatusStore.KEY).orElseThrow().body(), StandardCharsets.UTF_8)
                        .replaceFirst("\\{", "{\"dev_mode\": true, "));
        instances.set(ID, InstanceState.RUNNING);

        Invocation.ofFixture(queueing(), "stop-s3-removed.json");

        assertThat(instances.calls()).isEmpty();
        assertThat(statuses.read().status().token()).isEqualTo("b");
        assertThat(objects.head(TrainingJobFile.KEY)).isPresent();
    }

    @Test
    void stop_inAStackWithoutAQueue_leavesTheTrainingsWaiting() {
        waiting("b");
        instances.set(ID, InstanceState.RUNNING);

        Invocation.ofFixture(handler, "stop-s3-removed.json");

        assertSleeping();
        assertThat(statuses.read().status().place("b")).isEqualTo(1);
    }

    @Test
    void stop_ofAWaitingTraining_takesItOutAndTellsTheWebhook() {
        waiting("b", "c");
        instances.set(ID, InstanceState.RUNNING);

        var answer = ordered("{\"token\": \"b\"}");

        assertThat(answer).containsEntry("statusCode", 200);
        assertThat(Invocation.body(answer)).containsEntry("message", "Training b waits no more.");
        assertThat(objects.head("training/queue/b.json")).isEmpty();
        assertThat(statuses.read().status().token()).isEqualTo("t");
        assertThat(statuses.read().status().place("c")).isEqualTo(1);
        assertThat(instances.calls()).isEmpty();
        assertThat(webhooks).singleElement().satisfies(notice -> assertThat(notice.detail())
                .containsEntry("id", "b")
                .containsEntry("reason", "The training was cancelled while it waited."));
        assertThat(ordered("{\"token\": \"b\"}")).containsEntry("statusCode", 404);
    }

    @Test
    void stop_ofTheRunThatHasTheServer_endsIt() {
        waiting("b");
        instances.set(ID, InstanceState.RUNNING);

        assertThat(Invocation.body(ordered("{\"token\": \"t\"}")))
                .containsEntry("message", "Instance stopped. Next training: b.");
        assertThat(statuses.read().status().token()).isEqualTo("b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"tokn\": \"b\"}", "{\"token\": \"\"}", "b"})
    void stop_whenTheBodyNamesNoTraining_isRefusedAndEndsNothing(String body) {
        waiting("b");
        instances.set(ID, InstanceState.RUNNING);

        assertThat(ordered(body)).containsEntry("statusCode", 400);
        assertRunGoesOn();
    }

    private Map<String, @Nullable Object> ordered(String body) {
        JsonObject request = Json.object(Invocation.fixture("stop-http.json").getBytes(StandardCharsets.UTF_8));
        return Invocation.of(queueing(), Json.string(request.with("body", body)));
    }

    private StopHandler queueing() {
        return new StopHandler(BUCKET, new Stopper(objects, instances, ID, CLOCK, webhooks::add, 5));
    }

    /** A run {@code t} has the server, and these trainings wait. */
    private void waiting(String... tokens) {
        write(
                StatusStore.KEY,
                Json.string(JsonObject.of("status", "active")
                        .with("token", "t")
                        .with("since", SINCE)
                        .with(
                                "queue",
                                Stream.of(tokens)
                                        .map(token -> Map.of("token", token, "task_type", "x", "since", SINCE))
                                        .toList())));
        for (String token : tokens) {
            write("training/queue/" + token + ".json", "{\"token\": \"" + token + "\"}");
        }
    }

    private StopHandler handler(Instances compute) {
        return new StopHandler(BUCKET, new Stopper(objects, compute, ID, CLOCK));
    }

    private void active(String since) {
        write(
                StatusStore.KEY,
                "{\"status\": \"active\", \"token\": \"t\", \"since\": \"" + since + "\", \"note\": \"kept\"}");
    }

    private void job() {
        write(TrainingJobFile.KEY, "{}");
    }

    private void write(String key, String json) {
        objects.put(key, json.getBytes(StandardCharsets.UTF_8), "application/json", new Condition.Always());
    }

    private void assertSleeping() {
        assertThat(statuses.read().status().active()).isFalse();
        assertThat(instances.describe(ID).orElseThrow().state()).isEqualTo(InstanceState.STOPPING);
    }

    private void assertRunGoesOn() {
        assertThat(statuses.read().status().active()).isTrue();
        assertThat(instances.calls()).isEmpty();
    }

    private static Map<String, Object> messages(String message) {
        return Map.of("messages", List.of(message));
    }
}
