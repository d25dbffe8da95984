package dev.wakebox.functions.reaper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.compute.InMemoryInstances;
import dev.wakebox.compute.Instance;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.Instances;
import dev.wakebox.compute.execution.Outcome;
import dev.wakebox.compute.launch.InMemoryAgents;
import dev.wakebox.compute.launch.InMemoryMachines;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.ServerStatus;
import dev.wakebox.status.StatusStore;
import dev.wakebox.status.TrainingJob;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReaperHandlerTest {
    private static final String ID = "i-0123456789abcdef0";
    private static final Instant NOW = Instant.parse("2026-11-22T12:30:45Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final Limits LIMITS = Limits.ofRun(Duration.ofHours(2));

    private final InMemoryObjectStore objects = new InMemoryObjectStore(CLOCK);
    private final InMemoryInstances instances =
            new InMemoryInstances(Clock.fixed(NOW.minus(Duration.ofMinutes(20)), ZoneOffset.UTC));
    private final StatusStore statuses = new StatusStore(objects);
    private final List<BrokenOff> told = new ArrayList<>();
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
        assertThat(objects.head(TrainingJob.KEY)).isEmpty();
        assertThat(statuses.read().status())
                .isEqualTo(new ServerStatus(ServerStatus.State.SLEEPING, "", "", false, NOW, Map.of()));
    }

    @Test
    void sweep_whenOverTheTimeLimit_stopsTheInstanceToo() {
        claimed(Duration.ofMinutes(121));
        instances.set(ID, InstanceState.RUNNING);

        assertThat(Invocation.ofFixture(handler, "reaper-schedule.json")).containsEntry("action", "end-run");

        assertThat(instances.calls()).containsExactly("stop " + ID);
        assertThat(objects.head(TrainingJob.KEY)).isEmpty();
        assertThat(statuses.read().status().active()).isFalse();
    }

    @Test
    void sweep_whenInstanceRunsWithoutReason_stopsItAndWritesNothing() {
        instances.set(ID, InstanceState.RUNNING);

        assertThat(Invocation.ofFixture(handler, "reaper-schedule.json")).containsEntry("action", "stop-instance");

        assertThat(instances.calls()).containsExactly("stop " + ID);
        assertThat(objects.head(StatusStore.KEY)).isEmpty();
    }

    @Test
    void sweep_whenARunIsGoingOn_doesNothing() {
        claimed(Duration.ofMinutes(25));
        instances.set(ID, InstanceState.RUNNING);

        assertThat(Invocation.ofFixture(handler, "reaper-schedule.json")).containsEntry("action", "nothing");

        assertThat(instances.calls()).isEmpty();
        assertThat(objects.head(TrainingJob.KEY)).isPresent();
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
    void sweep_whenStoreIsOutOfReach_failsSoThatTheEventComesAgain() {
        objects.failOn("get", StatusStore.KEY, new WakeboxException(ErrorCode.UNAVAILABLE, "Cannot read."));

        assertThatThrownBy(() -> Invocation.ofFixture(handler, "reaper-schedule.json"))
                .hasMessage("Cannot read.");
    }

    @Test
    void sweep_whenANewRunBeganMeanwhile_leavesItsWorkOrderAndItsClaim() {
        claimed(Duration.ofMinutes(121));
        var racing = handler(new RunningInstance(() -> claimed(Duration.ZERO)));

        assertThat(Invocation.ofFixture(racing, "reaper-schedule.json")).containsEntry("action", "nothing");

        assertThat(objects.head(TrainingJob.KEY)).isPresent();
        assertThat(statuses.read().status().since()).isEqualTo(NOW);
    }

    @Test
    void sweep_whenStatusIsChangedAllTheTime_givesUpSoThatTheEventComesAgain() {
        claimed(Duration.ofMinutes(121));
        var racing = handler(new RunningInstance(() -> claimed(Duration.ofMinutes(121))));

        assertThatThrownBy(() -> Invocation.ofFixture(racing, "reaper-schedule.json"))
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    @Test
    void execution_whenStopped_isTold() {
        Invocation.ofFixture(handler, "reaper-execution-aborted.json");

        assertThat(told)
                .containsExactly(new BrokenOff(
                        "arn:aws:states:us-east-1:000000000000:execution:wakebox-ec2-run:night",
                        "night",
                        Instant.ofEpochMilli(1_795_350_000_000L),
                        Outcome.CANCELLED,
                        "The execution was stopped from outside."));
    }

    @Test
    void execution_whenOfAnotherStateMachine_isNotTold() {
        Invocation.of(
                handler,
                Invocation.fixture("reaper-execution-aborted.json")
                        .replace("stateMachine:wakebox", "stateMachine:other"));

        assertThat(told).isEmpty();
    }

    @Test
    void http_whenAsked_answers404() {
        assertThat(Invocation.ofFixture(handler, "status-get.json")).containsEntry("statusCode", 404);
    }

    /** A running instance at which something happens whenever it is told to stop. */
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

    private ReaperHandler handler(Instances compute) {
        return new ReaperHandler(
                ID,
                "arn:aws:states:us-east-1:000000000000:stateMachine:wakebox-ec2-run",
                "wakebox",
                new Sweep(objects, compute, ID, CLOCK, LIMITS),
                new RunSweep(new InMemoryMachines(), new InMemoryAgents(), arn -> true, "wakebox", CLOCK),
                told::add,
                CLOCK,
                metric -> {});
    }

    private void claimed(Duration age) {
        write(StatusStore.KEY, "{\"status\": \"active\", \"token\": \"t\", \"since\": \"" + NOW.minus(age) + "\"}");
        write(TrainingJob.KEY, "{}");
    }

    private void write(String key, String json) {
        objects.put(key, json.getBytes(StandardCharsets.UTF_8), "application/json", new Condition.Always());
    }
}
