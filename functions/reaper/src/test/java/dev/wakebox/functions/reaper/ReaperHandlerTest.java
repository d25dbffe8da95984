package dev.wakebox.functions.reaper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.compute.CapacitySeekingInstances;
import dev.wakebox.compute.InMemoryInstances;
import dev.wakebox.compute.Instance;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.Instances;
import dev.wakebox.compute.execution.RunMetrics;
import dev.wakebox.compute.execution.RunOutcome;
import dev.wakebox.compute.launch.InMemoryAgents;
import dev.wakebox.compute.launch.InMemoryRunResources;
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
import dev.wakebox.webhooks.Notices;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReaperHandlerTest {
    private static final String ID = "i-0123456789abcdef0";
    private static final Instant NOW = Instant.parse("2026-11-22T12:30:45Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final Limits LIMITS = Limits.ofRun(Duration.ofHours(2), Duration.ofMinutes(10));

    private final InMemoryObjectStore objects = new InMemoryObjectStore(CLOCK);
    private final InMemoryInstances instances =
            new InMemoryInstances(Clock.fixed(NOW.minus(Duration.ofMinutes(20)), ZoneOffset.UTC));
    private final InMemoryAgents agents = new InMemoryAgents();
    private final StatusStore statuses = new StatusStore(objects, CLOCK);
    private final List<BrokenOff> published = new ArrayList<>();
    private final List<String> metrics = new ArrayList<>();
    private Optional<RunMetrics> runMetrics = Optional.empty();
    private final ReaperHandler handler = handler(instances);

    @ParameterizedTest
    @ValueSource(strings = {"reaper-schedule.json", "reaper-instance-stopped.json"})
    void sweep_whenTrainerCrashedAndInstanceStopped_endsTheRun(String fixture) {
        claimed(Duration.ofMinutes(25));
        instances.set(ID, InstanceState.RUNNING);
        instances.set(ID, InstanceState.STOPPED);

        assertThat(Invocation.ofFixture(handler, fixture))
                .containsEntry("action", "end-run")
                .containsEntry("reason", "the instance is stopped, but the run did not finish");

        assertThat(instances.calls()).isEmpty();
        assertThat(objects.head(TrainingJobFile.KEY)).isEmpty();
        assertThat(statuses.read().status())
                .isEqualTo(new ServerStatus(ServerStatus.State.SLEEPING, "", "", false, NOW, JsonObject.of()));
    }

    @Test
    void sweep_whenOverTheTimeLimit_stopsTheInstanceToo() {
        claimed(Duration.ofMinutes(121));
        instances.set(ID, InstanceState.RUNNING);

        assertThat(Invocation.ofFixture(handler, "reaper-schedule.json")).containsEntry("action", "end-run");

        assertThat(instances.calls()).containsExactly("stop " + ID);
        assertThat(objects.head(TrainingJobFile.KEY)).isEmpty();
        assertThat(statuses.read().status().active()).isFalse();
    }

    @Test
    void sweep_whenTheInstanceSleepsWithAnotherType_givesTheWantedOneBack() {
        instances.set(ID, InstanceState.STOPPED);
        instances.changeType(ID, "t3.large");
        var sizing = CapacitySeekingInstances.of(instances, List.of(InMemoryInstances.FIRST_TYPE, "t3.large"));
        claimed(Duration.ofMinutes(1));
        Invocation.ofFixture(handler(sizing), "reaper-schedule.json");
        assertThat(instances.describe(ID).orElseThrow().type())
                .as("a run has yet to start it")
                .isEqualTo("t3.large");
        objects.delete(TrainingJobFile.KEY);
        statuses.replace(statuses.read(), statuses.read().status().released(NOW));

        Invocation.ofFixture(handler(sizing), "reaper-instance-stopped.json");

        assertThat(instances.describe(ID).orElseThrow().type()).isEqualTo(InMemoryInstances.FIRST_TYPE);
    }

    @Test
    void sweep_whenInstanceRunsWithoutReason_stopsItAndWritesNothing() {
        instances.set(ID, InstanceState.RUNNING);

        assertThat(Invocation.ofFixture(handler, "reaper-schedule.json")).containsEntry("action", "stop-instance");

        assertThat(instances.calls()).containsExactly("stop " + ID);
        assertThat(objects.head(StatusStore.KEY)).isEmpty();
    }

    /** {@code POST /stop} was killed between its writes. */
    @Test
    void schedule_whenAnOrderIsLeftWhileTheServerSleeps_deletesIt() {
        write(TrainingJobFile.KEY, "{}");

        assertThat(later(Duration.ofMinutes(5))).isInstanceOf(Action.Nothing.class);
        assertThat(objects.head(TrainingJobFile.KEY)).isPresent();
        assertThat(later(Duration.ofMinutes(6))).isInstanceOf(Action.DeleteOrder.class);

        assertThat(objects.head(TrainingJobFile.KEY)).isEmpty();
        assertThat(statuses.read().status().active()).isFalse();
        assertThat(later(Duration.ofMinutes(11))).isInstanceOf(Action.Nothing.class);
    }

    @Test
    void schedule_whenAnotherOrderIsWrittenBeforeTheOldOneIsDeleted_leavesIt() {
        var now = new AtomicReference<>(NOW);
        Clock clock = ((InstantSource) now::get).withZone(ZoneOffset.UTC);
        var bucket = new InMemoryObjectStore(clock);
        bucket.put(TrainingJobFile.KEY, new byte[] {1}, "application/json", new Condition.Always());
        now.set(NOW.plus(Duration.ofMinutes(6)));
        var writing = new StoppedInstance(
                () -> bucket.put(TrainingJobFile.KEY, new byte[] {2}, "application/json", new Condition.Always()));

        assertThat(new Sweep(bucket, writing, ID, agents, clock, LIMITS).run()).isInstanceOf(Action.Nothing.class);

        assertThat(bucket.get(TrainingJobFile.KEY).orElseThrow().body()).containsExactly(2);
        assertThat(new StatusStore(bucket, clock).read().status().active()).isFalse();
    }

    @Test
    void sweep_whenARunIsGoingOn_doesNothing() {
        claimed(Duration.ofMinutes(25));
        instances.set(ID, InstanceState.RUNNING);

        assertThat(Invocation.ofFixture(handler, "reaper-schedule.json")).containsEntry("action", "nothing");

        assertThat(instances.calls()).isEmpty();
        assertThat(objects.head(TrainingJobFile.KEY)).isPresent();
        assertThat(statuses.read().status().active()).isTrue();
    }

    @Test
    void sweep_whenEventIsAboutAnotherInstance_isIgnored() {
        claimed(Duration.ofMinutes(121));
        String event = Invocation.fixture("reaper-instance-stopped.json").replace(ID, "i-0fedcba9876543210");

        assertThat(Invocation.of(handler, event))
                .isEqualTo(Map.of("action", "nothing", "reason", "the event is about another instance"));
        assertThat(statuses.read().status().active()).isTrue();
    }

    @Test
    void sweep_whenStoreIsOutOfReach_failsSoThatTheEventIsRedelivered() {
        objects.failOn("get", StatusStore.KEY, new WakeboxException(ErrorCode.UNAVAILABLE, "Cannot read."));

        assertThatThrownBy(() -> Invocation.ofFixture(handler, "reaper-schedule.json"))
                .hasMessage("Cannot read.");
    }

    @Test
    void sweep_whenANewRunBeganMeanwhile_leavesItsWorkOrderAndItsClaim() {
        claimed(Duration.ofMinutes(121));
        var racing = handler(new RunningInstance(() -> claimed(Duration.ZERO)));

        assertThat(Invocation.ofFixture(racing, "reaper-schedule.json")).containsEntry("action", "nothing");

        assertThat(objects.head(TrainingJobFile.KEY)).isPresent();
        assertThat(statuses.read().status().since()).isEqualTo(NOW);
    }

    @Test
    void sweep_whenTheDeletedOrderMakesStopReleaseTheServerFirst_stillSaysWhyTheRunWasEnded() {
        claimed(Duration.ofMinutes(121));
        var racing = handler(new RunningInstance(() -> {
            var base = statuses.read();
            statuses.replace(base, base.status().released(NOW));
        }));

        assertThat(Invocation.ofFixture(racing, "reaper-schedule.json")).containsEntry("action", "end-run");

        assertThat(objects.head(TrainingJobFile.KEY)).isEmpty();
        assertThat(statuses.read().status().active()).isFalse();
    }

    @Test
    void sweep_whenStatusIsChangedAllTheTime_givesUpSoThatTheEventIsRedelivered() {
        claimed(Duration.ofMinutes(121));
        var racing = handler(new RunningInstance(() -> claimed(Duration.ofMinutes(121))));

        assertThatThrownBy(() -> Invocation.ofFixture(racing, "reaper-schedule.json"))
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    @Test
    void execution_whenStopped_isPublished() {
        Invocation.ofFixture(handler, "reaper-execution-aborted.json");

        assertThat(published)
                .containsExactly(new BrokenOff(
                        "arn:aws:states:us-east-1:000000000000:execution:wakebox-ec2-run:night",
                        "night",
                        Instant.ofEpochMilli(1_795_350_000_000L),
                        Optional.of(Instant.ofEpochMilli(1_795_350_640_000L)),
                        RunOutcome.CANCELLED,
                        "The execution was stopped from outside.",
                        Optional.empty(),
                        Optional.empty()));
        assertThat(metrics).filteredOn(line -> line.contains("RunsEnded")).isEmpty();
    }

    @Test
    void execution_whenStoppedInAStackWithMetrics_isCountedWithItsTime() {
        runMetrics = Optional.of(new RunMetrics("wakebox"));
        var counting = handler(Optional.empty(), Optional.of(runs()));

        Invocation.ofFixture(counting, "reaper-execution-aborted.json");
        Invocation.of(
                counting, Invocation.fixture("reaper-execution-aborted.json").replace("ABORTED", "SUCCEEDED"));

        assertThat(metrics)
                .filteredOn(line -> line.contains("RunsEnded"))
                .singleElement()
                .satisfies(line -> assertThat(Json.object(line.getBytes(StandardCharsets.UTF_8)))
                        .containsEntry("Stack", "wakebox")
                        .containsEntry("Outcome", "CANCELLED")
                        .containsEntry("RunsEnded", 1)
                        .containsEntry("RunDuration", 640)
                        .doesNotContainKey("RunAttempts"));
    }

    @Test
    void execution_whenOfAnotherStateMachine_isNotPublished() {
        Invocation.of(
                handler,
                Invocation.fixture("reaper-execution-aborted.json")
                        .replace("stateMachine:wakebox", "stateMachine:other"));

        assertThat(published).isEmpty();
    }

    @Test
    void sweep_whenThereAreNoRuns_looksAfterTheTrainingServerOnly() {
        instances.set(ID, InstanceState.RUNNING);
        var training = handler(Optional.of(server(instances)), Optional.empty());

        assertThat(Invocation.ofFixture(training, "reaper-schedule.json"))
                .containsEntry("action", "stop-instance")
                .doesNotContainKey("orphans_found");
        assertThat(Invocation.ofFixture(training, "reaper-execution-aborted.json"))
                .containsEntry("reason", "the event is not about our runs");

        assertThat(metrics).isEmpty();
    }

    @Test
    void sweep_whenThereIsNoTrainingServer_looksAfterTheRunsOnly() {
        var commands = handler(Optional.empty(), Optional.of(runs()));

        assertThat(Invocation.ofFixture(commands, "reaper-schedule.json"))
                .containsEntry("orphans_found", List.of())
                .doesNotContainKey("action");
        assertThat(Invocation.ofFixture(commands, "reaper-instance-stopped.json"))
                .containsEntry("reason", "the event is about another instance");
        Invocation.ofFixture(commands, "reaper-execution-aborted.json");

        assertThat(published).hasSize(1);
        assertThat(metrics).hasSize(2);
    }

    @Test
    void handler_whenThereIsNothingToLookAfter_doesNotStart() {
        assertThatThrownBy(() -> handler(Optional.empty(), Optional.empty()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("TRAINING_INSTANCE_ID", "STATE_MACHINE_ARN");
    }

    @Test
    void http_whenAsked_answers404() {
        assertThat(Invocation.ofFixture(handler, "status-get.json")).containsEntry("statusCode", 404);
    }

    /** A stopped instance with a side effect on each description of it. */
    private record StoppedInstance(Runnable onDescribe) implements Instances {
        @Override
        public Optional<Instance> describe(String id) {
            onDescribe.run();
            return Optional.of(new Instance(id, InstanceState.STOPPED, NOW.minus(Duration.ofMinutes(20))));
        }

        @Override
        public void start(String id) {
            throw new AssertionError("the reaper never starts");
        }

        @Override
        public void stop(String id) {
            throw new AssertionError("it is stopped already");
        }
    }

    /** A running instance with a side effect on each request to stop it. */
    private record RunningInstance(Runnable onStop) implements Instances {
        @Override
        public Optional<Instance> describe(String id) {
            return Optional.of(new Instance(id, InstanceState.RUNNING, NOW.minus(Duration.ofMinutes(20))));
        }

        @Override
        public void start(String id) {
            throw new AssertionError("the reaper never starts");
        }

        @Override
        public void stop(String id) {
            onStop.run();
        }
    }

    @Test
    void schedule_whenTheTrainersHeartbeatHasStopped_endsTheRunLongBeforeItsTimeLimit() {
        instances.set(ID, InstanceState.RUNNING);
        claimed(Duration.ofMinutes(0));
        write(TrainingJobFile.HEARTBEAT_KEY, "t");

        assertThat(later(Duration.ofMinutes(10))).isInstanceOf(Action.Nothing.class);
        assertThat(later(Duration.ofMinutes(11))).isInstanceOf(Action.EndRun.class);

        assertThat(objects.head(TrainingJobFile.KEY)).isEmpty();
        assertThat(instances.calls()).containsExactly("stop " + ID);
    }

    @Test
    void schedule_whenTheAgentOfATrainerWithoutHeartbeatsIsLost_endsTheRun() {
        instances.set(ID, InstanceState.RUNNING);
        claimed(Duration.ofMinutes(0));
        agents.setLost(ID, NOW.plus(Duration.ofMinutes(1)));

        assertThat(later(Duration.ofMinutes(11))).isInstanceOf(Action.Nothing.class);
        assertThat(later(Duration.ofMinutes(12))).isInstanceOf(Action.EndRun.class);
    }

    @Test
    void schedule_whenARunIsEnded_sendsItsWebhookWithTheReason() {
        instances.set(ID, InstanceState.RUNNING);
        claimed(Duration.ofMinutes(0));
        write(TrainingJobFile.HEARTBEAT_KEY, "t");
        var webhooks = new ArrayList<Notice>();

        new Sweep(objects, instances, ID, agents, Clock.offset(CLOCK, Duration.ofMinutes(11)), LIMITS, webhooks::add, 0)
                .run();

        assertThat(webhooks).singleElement().satisfies(notice -> {
            assertThat(notice.outcome()).isEqualTo("FAILED");
            assertThat(notice.detail().text("reason")).contains("last sign of life");
        });
    }

    @Test
    void schedule_whenTheEndOfARunWasLost_endsItAndHandsTheNextTrainingOver() {
        instances.set(ID, InstanceState.RUNNING);
        waiting("active", "b", "c");

        assertThat(queueing().run()).isInstanceOf(Action.EndRun.class);

        assertThat(instances.calls()).containsExactly("stop " + ID);
        assertQueue("b", "c");
    }

    @Test
    void schedule_whenTheNextTrainingIsNotHandedOver_completesIt() {
        instances.set(ID, InstanceState.STOPPING);
        waiting("active", "b", "c");
        write(
                StatusStore.KEY,
                new String(objects.get(StatusStore.KEY).orElseThrow().body(), StandardCharsets.UTF_8)
                        .replace("\"t\"", "\"b\""));

        assertThat(queueing().run()).isInstanceOf(Action.BeginNext.class);

        assertThat(instances.calls()).isEmpty();
        assertQueue("b", "c");
    }

    @Test
    void schedule_whenTrainingsWaitWhileTheServerSleeps_beginsTheFirst() {
        waiting("sleeping", "b", "c");
        instances.set(ID, InstanceState.RUNNING);
        assertThat(queueing().run()).as("an instance without a run").isInstanceOf(Action.StopInstance.class);
        instances.set(ID, InstanceState.STOPPED);

        assertThat(queueing().run()).isInstanceOf(Action.BeginNext.class);

        assertQueue("b", "c");
        assertThat(later(Duration.ZERO)).as("in a stack without a queue").isNotInstanceOf(Action.BeginNext.class);
    }

    private void assertQueue(String token, String next) {
        var status = new StatusStore(objects, CLOCK).read().status();
        assertThat(status.token()).isEqualTo(token);
        assertThat(status.beingHandedOver()).isFalse();
        assertThat(status.place(next)).isEqualTo(1);
        assertThat(objects.get(TrainingJobFile.KEY).orElseThrow().body())
                .asString(StandardCharsets.UTF_8)
                .contains("\"" + token + "\"");
    }

    /** A run {@code t} without a training order for ten minutes if the status is active, and trainings that wait. */
    private void waiting(String status, String... tokens) {
        Instant since = NOW.minus(Duration.ofMinutes(10));
        var queue = new ArrayList<String>();
        for (String token : tokens) {
            queue.add("{\"token\": \"" + token + "\", \"task_type\": \"x\", \"since\": \"" + since + "\"}");
            write("training/queue/" + token + ".json", "{\"token\": \"" + token + "\"}");
        }
        write(
                StatusStore.KEY,
                "{\"status\": \"" + status + "\", \"token\": \"t\", \"since\": \"" + since + "\", \"queue\": " + queue
                        + "}");
    }

    private Sweep queueing() {
        return new Sweep(objects, instances, ID, agents, CLOCK, LIMITS, Notices.NONE, 5);
    }

    private Action later(Duration time) {
        return new Sweep(objects, instances, ID, agents, Clock.offset(CLOCK, time), LIMITS).run();
    }

    private ReaperHandler handler(Instances compute) {
        return handler(Optional.of(server(compute)), Optional.of(runs()));
    }

    private ReaperHandler handler(
            Optional<ReaperHandler.WatchedServer> server, Optional<ReaperHandler.WatchedRuns> runs) {
        return new ReaperHandler(server, runs, "wakebox", CLOCK, metrics::add);
    }

    private ReaperHandler.WatchedServer server(Instances compute) {
        return new ReaperHandler.WatchedServer(ID, new Sweep(objects, compute, ID, agents, CLOCK, LIMITS));
    }

    private ReaperHandler.WatchedRuns runs() {
        return new ReaperHandler.WatchedRuns(
                "arn:aws:states:us-east-1:000000000000:stateMachine:wakebox-ec2-run",
                new RunSweep(new InMemoryRunResources(), new InMemoryAgents(), arn -> true, "wakebox", CLOCK),
                published::add,
                runMetrics);
    }

    private void claimed(Duration age) {
        write(StatusStore.KEY, "{\"status\": \"active\", \"token\": \"t\", \"since\": \"" + NOW.minus(age) + "\"}");
        write(TrainingJobFile.KEY, "{}");
    }

    private void write(String key, String json) {
        objects.put(key, json.getBytes(StandardCharsets.UTF_8), "application/json", new Condition.Always());
    }
}
