package dev.wakebox.functions.ec2stopper;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.execution.AttemptCost;
import dev.wakebox.compute.execution.AttemptCosts;
import dev.wakebox.compute.execution.LaunchProgress;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.execution.RunState;
import dev.wakebox.compute.execution.StopProgress;
import dev.wakebox.compute.execution.VolumeSize;
import dev.wakebox.compute.launch.RunInstance;
import dev.wakebox.compute.launch.RunResources;
import dev.wakebox.compute.launch.RunTags;
import dev.wakebox.compute.launch.Teardown;
import dev.wakebox.compute.launch.Teardown.Step;
import dev.wakebox.compute.launch.Volume;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one step to end the resources that a run has launched so far. It finds them by their tags, so a lost id or an
 * id of an earlier run in the document has no effect. Thread-safe.
 */
final class InstanceEnder {
    private static final Logger log = LoggerFactory.getLogger(InstanceEnder.class);
    private static final int WAIT_S = 5;

    /** EC2 shows a new instance after some time; before this time, an interrupted launch can't be ruled out. */
    private static final Duration LOOK_FOR = Duration.ofSeconds(30);

    /** After this time the reaper ends the remaining resources. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final RunResources resources;
    private final Clock clock;

    InstanceEnder(RunResources resources, Clock clock) {
        this.resources = requireNonNull(resources, "resources is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** Takes the step. Returns the document with {@code run.stopped}, and with the actions in {@code stopped}. */
    RunDocument step(RunDocument document) {
        RunState state = document.state();
        Optional<String> run = state.id();
        if (run.isEmpty()) {
            return answer(document, state, true, "nothing", Optional.empty(), Map.of());
        }
        int attempt = state.attempt();
        Instant now = clock.instant();
        Optional<StopProgress> earlier = state.stopping().filter(stopping -> stopping.attempt() == attempt);
        Instant since = earlier.map(StopProgress::since).orElse(now);
        Duration taken = Duration.between(since, now);

        List<RunInstance> found = resourcesOf(run.get(), attempt, state);
        Optional<RunInstance> mine = found.stream()
                .filter(instance -> RunTags.attempt(instance.tags()) == attempt)
                .reduce((first, second) -> second);
        List<KeptInstance> kept = kept(found, mine, document, since, now);
        List<Volume> attached = volumesOf(run.get(), attempt);
        var teardown = Teardown.plan(
                found.stream()
                        .filter(instance ->
                                kept.stream().noneMatch(each -> each.instance().equals(instance)))
                        .toList(),
                attached);
        teardown.apply(resources);

        var volumes = new LinkedHashMap<String, String>();
        earlier.ifPresent(stopping -> volumes.putAll(stopping.volumes()));
        for (Step step : teardown.steps()) {
            switch (step) {
                case Step.DetachVolume detach -> volumes.put(detach.id(), "detached");
                case Step.DeleteVolume delete -> volumes.put(delete.id(), "deleted");
                case Step.MarkVolume mark -> volumes.put(mark.id(), "to be deleted");
                case Step.Terminate _, Step.Stop _, Step.Release _ -> {}
            }
        }
        boolean mayAppear = mine.isEmpty() && mayHaveLaunched(state) && taken.compareTo(LOOK_FOR) < 0;
        boolean ended = teardown.done() && !mayAppear;
        boolean outOfPatience = !ended && taken.compareTo(PATIENCE) >= 0;
        RunState stopping =
                state.withStopping(new StopProgress(attempt, since, sizes(earlier, attached, attempt), volumes));
        var costs = state.cost().orElse(AttemptCosts.NONE).withAttempt(state, since);
        Optional<AttemptCost> cost = costs.of(attempt);
        if (earlier.isEmpty()) {
            cost.ifPresent(each -> mine.ifPresent(instance -> tag(instance, each)));
        }
        if (outOfPatience) {
            // a further attempt must not begin next to it
            document = document.with(
                    "Not all launched resources had ended after " + PATIENCE.toMinutes()
                            + " minutes; the reaper ends the rest.",
                    "stopper_failure",
                    "cause");
        }

        Optional<KeptInstance> stays = kept.stream()
                .filter(each -> mine.filter(each.instance()::equals).isPresent())
                .findFirst();
        if (stays.isPresent()) {
            document = told(document, stays.get());
            stopping = stopping.withEndAt(stays.get().until());
        }
        return answer(
                document,
                cost.isPresent() ? stopping.withCost(costs) : stopping,
                ended || outOfPatience,
                stays.isPresent() ? "kept" : mine.map(InstanceEnder::action).orElse("nothing"),
                mine.map(RunInstance::id),
                volumes);
    }

    /** The instance has been told to end, and the cost is in the document: a failure changes neither. */
    private void tag(RunInstance instance, AttemptCost cost) {
        try {
            resources.tag(instance.id(), RunTags.COST, cost.usd().toPlainString());
        } catch (WakeboxException e) {
            log.warn("{} The instance has no tag with its cost.", e.getMessage());
        }
    }

    /** The instances that stay for a look. Tags those that an earlier invocation has not tagged. */
    private List<KeptInstance> kept(
            List<RunInstance> found, Optional<RunInstance> mine, RunDocument document, Instant since, Instant now) {
        var kept = found.stream()
                .flatMap(instance ->
                        KeptInstance.of(instance, mine.filter(instance::equals).isPresent(), document, since, now)
                                .stream())
                .toList();
        for (KeptInstance each : kept) {
            if (!each.isTagged()) {
                resources.tag(
                        each.instance().id(), RunTags.EXPIRES_AT, each.until().toString());
                resources.tag(each.instance().id(), RunTags.KEPT, "true");
            }
        }
        return kept;
    }

    private static RunDocument told(RunDocument document, KeptInstance kept) {
        String cause = document.text("failure", "cause").orElse("");
        String stays = " The instance " + kept.instance().id() + " stays until " + kept.until() + ".";
        return cause.endsWith(stays) ? document : document.with(cause + stays, "failure", "cause");
    }

    /** Excludes later attempts: this call may be a late duplicate delivery. */
    private List<RunInstance> resourcesOf(String run, int attempt, RunState state) {
        var found = new ArrayList<>(resources.tagged(RunTags.EXECUTION, run));
        state.launch()
                .flatMap(LaunchProgress::instanceId)
                .filter(id -> found.stream().noneMatch(instance -> instance.id().equals(id)))
                .flatMap(resources::describe)
                .filter(instance -> run.equals(instance.tags().get(RunTags.EXECUTION)))
                .ifPresent(found::add);
        found.removeIf(instance -> RunTags.attempt(instance.tags()) > attempt);
        return found;
    }

    private List<Volume> volumesOf(String run, int attempt) {
        return resources.volumesTagged(RunTags.EXECUTION, run).stream()
                .filter(volume -> RunTags.attempt(volume.tags()) <= attempt)
                .toList();
    }

    /** The first time, the attempt's volumes are all there. */
    private static List<VolumeSize> sizes(Optional<StopProgress> earlier, List<Volume> found, int attempt) {
        return earlier.map(StopProgress::sizes)
                .filter(sizes -> !sizes.isEmpty())
                .orElseGet(() -> found.stream()
                        .filter(volume -> RunTags.attempt(volume.tags()) == attempt)
                        .map(Volume::size)
                        .toList());
    }

    private static boolean mayHaveLaunched(RunState state) {
        boolean over = state.launch()
                .filter(launch -> launch.attempt() == state.attempt())
                .map(LaunchProgress::over)
                .orElse(false);
        return !over && !state.dryRun();
    }

    private static String action(RunInstance instance) {
        return instance.endsStopped() && !instance.gone() ? "stopped" : "terminated";
    }

    private static RunDocument answer(
            RunDocument document,
            RunState state,
            boolean done,
            String action,
            Optional<String> instanceId,
            Map<String, String> volumes) {
        JsonObject stopped = JsonObject.of("instance_id", instanceId.orElse(null))
                .with("action", action)
                .with(
                        "volumes",
                        volumes.entrySet().stream()
                                .map(volume -> JsonObject.of("volume_id", volume.getKey())
                                        .with("action", volume.getValue()))
                                .toList());
        return document.with(stopped, "stopped").with(state.withStopped(done).withWaitS(done ? 0 : WAIT_S));
    }
}
