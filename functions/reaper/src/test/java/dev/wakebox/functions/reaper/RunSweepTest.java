package dev.wakebox.functions.reaper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.compute.InMemoryInstances;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.launch.InMemoryAgents;
import dev.wakebox.compute.launch.InMemoryRunResources;
import dev.wakebox.compute.launch.RunInstance;
import dev.wakebox.compute.launch.RunTags;
import dev.wakebox.functions.reaper.RunSweep.Orphan;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.InMemoryObjectStore;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class RunSweepTest {
    private static final String EXECUTION = "arn:aws:states:us-east-1:000000000000:execution:wakebox-ec2-run:night";
    private static final String MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:wakebox-ec2-run";

    private Instant now = Instant.parse("2026-11-22T12:00:00Z");
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    private final InMemoryRunResources resources = new InMemoryRunResources();
    private final InMemoryAgents agents = new InMemoryAgents();
    private final Set<String> running = new HashSet<>();
    private final List<String> metrics = new ArrayList<>();
    private final RunSweep sweep = new RunSweep(resources, agents, running::contains, "wakebox", clock);

    @Test
    void all_whenTheExecutionIsOver_marksThenCancelsAndTerminates() {
        resources.add("i-1", InstanceState.RUNNING, tags(EXECUTION, "terminate"));
        var orphans = List.of(new Orphan("i-1", "its execution is over"));

        assertThat(sweep.all()).isEqualTo(did(orphans, List.of()));
        now = now.plusSeconds(119);
        assertThat(sweep.all()).isEqualTo(did(List.of(), List.of()));
        assertThat(resources.calls()).isEmpty();
        now = now.plusSeconds(1);
        assertThat(sweep.all()).isEqualTo(did(List.of(), orphans));

        assertThat(agents.cancelled()).containsExactly("i-1");
        assertThat(resources.calls()).containsExactly("terminate i-1");
        assertThat(sweep.all()).isEqualTo(did(List.of(), List.of()));
    }

    @Test
    void all_whenItsTimeIsOverButItsExecutionRuns_endsItToo() {
        running.add(EXECUTION);
        var tags = tags(EXECUTION, "terminate");
        resources.add("i-1", InstanceState.PENDING, tags);

        sweepTwice();
        assertThat(resources.calls()).isEmpty();
        now = Instant.parse(tags.get(RunTags.EXPIRES_AT));
        sweepTwice();
        assertThat(resources.calls()).containsExactly("terminate i-1");
    }

    @Test
    void all_whenNotThisStacksOrReleasedOrGone_neverTouchesIt() {
        resources.add("i-foreign", InstanceState.RUNNING, Map.of("Name", "x"));
        resources.add("i-other", InstanceState.RUNNING, with(tags(EXECUTION, "terminate"), RunTags.STACK, "other"));
        resources.add("i-kept", InstanceState.RUNNING, with(tags(EXECUTION, "stop"), RunTags.RELEASED, "true"));
        resources.add("i-gone", InstanceState.TERMINATED, tags(EXECUTION, "terminate"));
        resources.addVolume("vol-data", tags(EXECUTION, "terminate"));

        sweepTwice();
        sweep.ended(EXECUTION);

        assertThat(resources.calls()).isEmpty();
    }

    @Test
    void all_whenAVolumeIsLeft_deletesItLikewise() {
        resources.addVolume("vol-1", with(tags(EXECUTION, "terminate"), RunTags.DELETE_VOLUME, "true"));

        assertThat(sweep.all().found()).containsExactly(new Orphan("vol-1", "its execution is over"));
        assertThat(resources.calls()).isEmpty();
        now = now.plusSeconds(120);
        assertThat(sweep.all().ended()).containsExactly(new Orphan("vol-1", "its execution is over"));
        assertThat(resources.calls()).containsExactly("delete vol-1");
    }

    @Test
    void all_whenItIsToBeKept_stopsIt() {
        resources.add("i-1", InstanceState.RUNNING, tags(EXECUTION, "stop"));

        sweepTwice();

        assertThat(resources.calls()).containsExactly("stop i-1");
    }

    @Test
    void all_whenOneExecutionCannotBeSeen_dealsWithTheOthersAndFails() {
        resources.add("i-1", InstanceState.RUNNING, tags("arn:unseen", "terminate"));
        resources.add("i-2", InstanceState.RUNNING, tags(EXECUTION, "terminate"));
        RunSweep half = halfBlind();

        var first = half.all();
        assertThat(first.failure()).hasValueSatisfying(e -> assertThat(e).hasMessage("Throttled."));
        assertThat(first.found()).extracting(Orphan::id).containsExactly("i-2");
        now = now.plusSeconds(120);
        assertThat(half.all().failure()).isPresent();
        assertThat(resources.calls()).containsExactly("terminate i-2");

        now = Instant.parse(tags(EXECUTION, "terminate").get(RunTags.EXPIRES_AT));
        half.all();
        now = now.plusSeconds(120);
        half.all();
        assertThat(resources.calls()).containsExactly("terminate i-2", "terminate i-1");
    }

    @Test
    void all_whenTheCommandsCannotBeCancelled_endsTheInstanceAndFails() {
        resources.add("i-1", InstanceState.RUNNING, tags(EXECUTION, "terminate"));
        agents.fail(() -> true);

        sweep.all();
        now = now.plusSeconds(120);
        var second = sweep.all();

        assertThat(resources.calls()).containsExactly("terminate i-1");
        assertThat(second.ended()).extracting(Orphan::id).containsExactly("i-1");
        assertThat(second.failure()).isPresent();
    }

    @Test
    void event_whenSomethingCannotBeEnded_countsTheOrphansAndFails() {
        resources.add("i-1", InstanceState.RUNNING, tags("arn:unseen", "terminate"));
        resources.add("i-2", InstanceState.RUNNING, tags(EXECUTION, "terminate"));
        RunSweep half = halfBlind();

        var reaper = handler(new InMemoryObjectStore(clock), new InMemoryInstances(clock), half);
        assertThatThrownBy(() -> Invocation.ofFixture(reaper, "reaper-schedule.json"))
                .hasMessage("Throttled.");

        assertThat(metrics).singleElement().asString().contains("\"OrphansFound\":1");
    }

    @Test
    void all_whenAReleasedInstanceIsToLoseItsVolume_endsThatOnly() {
        var tags = with(with(tags(EXECUTION, "stop"), RunTags.RELEASED, "true"), RunTags.DELETE_VOLUME, "true");
        resources.add("i-1", InstanceState.STOPPED, tags);
        resources.tag("vol-of-i-1", RunTags.STACK, "wakebox");
        resources.tag("vol-of-i-1", RunTags.EXECUTION, EXECUTION);
        resources.tag("vol-of-i-1", RunTags.DELETE_VOLUME, "true");

        sweepTwice();
        sweepTwice();

        assertThat(resources.calls()).containsExactly("detach vol-of-i-1", "delete vol-of-i-1");
        assertThat(agents.cancelled()).isEmpty();
    }

    @Test
    void event_whenAnExecutionWasAborted_endsItsInstanceAtOnceAndOnlyThat() {
        resources.add("i-1", InstanceState.RUNNING, tags(EXECUTION, "terminate"));
        resources.add("i-2", InstanceState.RUNNING, tags("arn:another", "terminate"));

        var answer = Invocation.ofFixture(handler(), "reaper-execution-aborted.json");

        assertThat(answer).isEqualTo(Map.of("orphans_found", List.of("i-1"), "orphans_ended", List.of("i-1")));
        assertThat(resources.calls()).containsExactly("terminate i-1");
        assertThat(metrics).singleElement().satisfies(line -> assertThat(
                        Json.object(line.getBytes(StandardCharsets.UTF_8)))
                .containsEntry("Stack", "wakebox")
                .containsEntry("OrphansFound", 1)
                .containsEntry("OrphansTerminated", 1)
                .extractingByKey("_aws")
                .isEqualTo(Map.of(
                        "Timestamp",
                        now.toEpochMilli(),
                        "CloudWatchMetrics",
                        List.of(Map.of(
                                "Namespace",
                                "Wakebox",
                                "Dimensions",
                                List.of(List.of("Stack")),
                                "Metrics",
                                List.of(
                                        Map.of("Name", "OrphansFound", "Unit", "Count"),
                                        Map.of("Name", "OrphansTerminated", "Unit", "Count")))))));
    }

    @Test
    void event_whenAnotherStateMachinesOrStillRunning_doesNothing() {
        resources.add("i-1", InstanceState.RUNNING, tags(EXECUTION, "terminate"));
        String event = Invocation.fixture("reaper-execution-aborted.json");

        Invocation.of(handler(), event.replace("\"ABORTED\"", "\"RUNNING\""));
        Invocation.of(handler(), event.replace("stateMachine:wakebox-ec2-run", "stateMachine:other"));

        assertThat(resources.calls()).isEmpty();
    }

    @Test
    void event_whenRunsCannotBeSwept_looksAfterTheTrainingServerAllTheSameAndFails() {
        resources.fail(() -> true, () -> false);
        var objects = new InMemoryObjectStore(clock);
        var instances = new InMemoryInstances(Clock.fixed(now.minusSeconds(3600), ZoneOffset.UTC));
        instances.set("i-training", InstanceState.RUNNING);

        assertThatThrownBy(() -> Invocation.ofFixture(handler(objects, instances), "reaper-schedule.json"))
                .isInstanceOf(WakeboxException.class);

        assertThat(instances.calls()).containsExactly("stop i-training");
    }

    /** Whatever fails, unused resources of this stack end; resources in use or of other stacks stay as they are. */
    @RepeatedTest(200)
    void all_whenCallsFailAtRandom_endsOrphansAndNothingElse(RepetitionInfo repetition) {
        var random = new Random(repetition.getCurrentRepetition());
        var safe = new HashMap<String, InstanceState>();
        var states = List.of(InstanceState.values());
        for (int i = 0; i < 12; i++) {
            String execution = "arn:" + i;
            var tags = tags(execution, random.nextBoolean() ? "terminate" : "stop");
            InstanceState state = states.get(random.nextInt(states.size()));
            boolean ours = random.nextInt(4) > 0;
            boolean needed = random.nextBoolean();
            if (needed) {
                running.add(execution);
                tags.put(RunTags.EXPIRES_AT, "2027-01-01T00:00:00Z");
            }
            if (random.nextBoolean()) {
                tags.put(RunTags.DELETE_VOLUME, "true");
            }
            resources.add("i-" + i, state, ours ? tags : with(tags, RunTags.STACK, "other"));
            if (needed || !ours) {
                safe.put("i-" + i, state);
            }
        }
        resources.fail(() -> random.nextInt(10) == 0, () -> random.nextInt(10) == 0);
        boolean noAgents = random.nextInt(4) == 0;
        agents.fail(() -> noAgents || random.nextInt(10) == 0);

        for (int tick = 0; tick < 60; tick++) {
            try {
                sweep.all();
            } catch (WakeboxException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE);
            }
            now = now.plus(Duration.ofMinutes(random.nextInt(6)));
            resources.all().stream()
                    .filter(instance -> instance.state() == InstanceState.PENDING && !safe.containsKey(instance.id()))
                    .forEach(instance -> resources.set(instance.id(), InstanceState.RUNNING, null));
        }

        Map<String, RunInstance> after = resources.all().stream().collect(Collectors.toMap(RunInstance::id, m -> m));
        safe.forEach((id, state) ->
                assertThat(after.get(id)).extracting(RunInstance::state).isEqualTo(state));
        assertThat(resources.up()).allMatch(instance -> safe.containsKey(instance.id()));
    }

    /** Step Functions does not say whether the execution "arn:unseen" runs. */
    private RunSweep halfBlind() {
        return new RunSweep(
                resources,
                agents,
                arn -> {
                    if (arn.equals("arn:unseen")) {
                        throw new WakeboxException(ErrorCode.UNAVAILABLE, "Throttled.");
                    }
                    return false;
                },
                "wakebox",
                clock);
    }

    private void sweepTwice() {
        sweep.all();
        now = now.plusSeconds(120);
        sweep.all();
    }

    private ReaperHandler handler() {
        return handler(new InMemoryObjectStore(clock), new InMemoryInstances(clock));
    }

    private ReaperHandler handler(InMemoryObjectStore objects, InMemoryInstances instances) {
        return handler(objects, instances, sweep);
    }

    private ReaperHandler handler(InMemoryObjectStore objects, InMemoryInstances instances, RunSweep runs) {
        var training = new Sweep(
                objects,
                instances,
                "i-training",
                new InMemoryAgents(),
                clock,
                Limits.ofRun(Duration.ofHours(2), Duration.ofMinutes(10)));
        return new ReaperHandler(
                Optional.of(new ReaperHandler.WatchedServer("i-training", training)),
                Optional.of(new ReaperHandler.WatchedRuns(MACHINE, runs, _ -> {}, Optional.empty())),
                "wakebox",
                clock,
                metrics::add);
    }

    private static RunSweep.Result did(List<Orphan> found, List<Orphan> ended) {
        return new RunSweep.Result(found, ended, Optional.empty());
    }

    private static Map<String, String> tags(String execution, String end) {
        return new HashMap<>(Map.of(
                RunTags.STACK,
                "wakebox",
                RunTags.EXECUTION,
                execution,
                RunTags.EXPIRES_AT,
                "2026-11-22T14:00:00Z",
                RunTags.END,
                end));
    }

    private static Map<String, String> with(Map<String, String> tags, String tag, String value) {
        var copy = new HashMap<>(tags);
        copy.put(tag, value);
        return copy;
    }
}
