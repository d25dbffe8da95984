package dev.wakebox.functions.reaper;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.launch.Agents;
import dev.wakebox.compute.launch.RunInstance;
import dev.wakebox.compute.launch.RunResources;
import dev.wakebox.compute.launch.RunTags;
import dev.wakebox.compute.launch.Teardown;
import dev.wakebox.compute.launch.Volume;
import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Ends leftovers of runs, in addition to EC2Stopper. It checks every resource with the stack's tag, marks those that
 * are not needed, and ends those that an earlier sweep marked. Thread-safe; sweeps may overlap.
 */
final class RunSweep {
    private final RunResources resources;
    private final Agents agents;
    private final Executions executions;
    private final String stack;
    private final Clock clock;

    RunSweep(RunResources resources, Agents agents, Executions executions, String stack, Clock clock) {
        this.resources = requireNonNull(resources, "resources is null");
        this.agents = requireNonNull(agents, "agents is null");
        this.executions = requireNonNull(executions, "executions is null");
        this.stack = requireNonNull(stack, "stack is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * The result of a sweep: {@code found} are new orphans, {@code ended} have been ended.
     *
     * @param failure the first failure, with the others as suppressed
     */
    record Result(List<Orphan> found, List<Orphan> ended, Optional<WakeboxException> failure) {
        Result {
            found = List.copyOf(found);
            ended = List.copyOf(ended);
            requireNonNull(failure, "failure is null");
        }
    }

    /** An instance or a volume that is not needed, and the reason. */
    record Orphan(String id, String reason) {}

    /** Checks all resources that the stack's runs have launched. */
    Result all() {
        return sweep(resources.tagged(RunTags.STACK, stack), resources.volumesTagged(RunTags.STACK, stack), false);
    }

    /** Checks the resources of an execution that has just ended, and ends its leftovers at once. */
    Result ended(String executionArn) {
        return sweep(
                resources.tagged(RunTags.EXECUTION, executionArn).stream()
                        .filter(instance -> isOurs(instance.tags()))
                        .toList(),
                resources.volumesTagged(RunTags.EXECUTION, executionArn).stream()
                        .filter(volume -> isOurs(volume.tags()))
                        .toList(),
                true);
    }

    /** A failure for one orphan doesn't prevent the handling of the others. */
    private Result sweep(List<RunInstance> instances, List<Volume> volumes, boolean over) {
        var one = new Pass(volumes, over, clock.instant());
        for (RunInstance instance : instances) {
            if (!instance.gone() && (!isReleased(instance) || isToLoseAVolume(instance, volumes))) {
                one.attempt(() -> one.instance(instance));
            }
        }
        for (Volume volume : volumes) {
            if (volume.available() && volume.tags().containsKey(RunTags.DELETE_VOLUME)) {
                one.attempt(() -> one.volume(volume));
            }
        }
        return one.result();
    }

    private static boolean isReleased(RunInstance instance) {
        return instance.tags().containsKey(RunTags.RELEASED);
    }

    private static boolean isToLoseAVolume(RunInstance instance, List<Volume> volumes) {
        return volumes.stream()
                .anyMatch(volume -> volume.tags().containsKey(RunTags.DELETE_VOLUME)
                        && volume.attachedTo().filter(instance.id()::equals).isPresent());
    }

    private boolean isOurs(Map<String, String> tags) {
        return stack.equals(tags.get(RunTags.STACK));
    }

    private static boolean endsInstance(Teardown.Step step) {
        return step instanceof Teardown.Step.Terminate || step instanceof Teardown.Step.Stop;
    }

    private final class Pass {
        private final List<Volume> volumes;
        private final boolean over;
        private final Instant now;
        private final Map<String, Boolean> running = new HashMap<>();
        private final List<Orphan> found = new ArrayList<>();
        private final List<Orphan> ended = new ArrayList<>();
        private @Nullable WakeboxException failure;

        Pass(List<Volume> volumes, boolean over, Instant now) {
            this.volumes = volumes;
            this.over = over;
            this.now = now;
        }

        void attempt(Runnable step) {
            try {
                step.run();
            } catch (WakeboxException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }

        void instance(RunInstance instance) {
            if (act(instance.id(), instance.tags()) instanceof OrphanAction.End end) {
                if (instance.state() == InstanceState.RUNNING && !isReleased(instance)) {
                    attempt(() -> agents.cancelCommands(instance.id())); // a failure does not prevent the end
                }
                String execution = instance.tags().getOrDefault(RunTags.EXECUTION, "");
                var teardown = Teardown.plan(
                        List.of(instance),
                        volumes.stream()
                                .filter(volume -> execution.equals(volume.tags().get(RunTags.EXECUTION)))
                                .filter(volume -> !volume.available())
                                .toList());
                teardown.apply(resources);
                if (teardown.steps().stream().anyMatch(RunSweep::endsInstance)) {
                    ended.add(new Orphan(instance.id(), end.reason()));
                }
            }
        }

        void volume(Volume volume) {
            if (act(volume.id(), volume.tags()) instanceof OrphanAction.End end) {
                resources.delete(volume.id());
                ended.add(new Orphan(volume.id(), end.reason()));
            }
        }

        private OrphanAction act(String id, Map<String, String> tags) {
            String execution = tags.getOrDefault(RunTags.EXECUTION, "");
            boolean isRunning = !over
                    && !OrphanAction.expired(tags, now)
                    && !execution.isEmpty()
                    && running.computeIfAbsent(execution, executions::running);
            OrphanAction action = OrphanAction.of(tags, isRunning, over, now);
            switch (action) {
                case OrphanAction.Keep keep -> {}
                case OrphanAction.Unmark unmark -> resources.tag(id, RunTags.ORPHAN_SINCE, "");
                case OrphanAction.Mark mark -> {
                    resources.tag(id, RunTags.ORPHAN_SINCE, now.toString());
                    found.add(new Orphan(id, mark.reason()));
                }
                case OrphanAction.End end -> {
                    if (tags.getOrDefault(RunTags.ORPHAN_SINCE, "").isEmpty()) {
                        resources.tag(id, RunTags.ORPHAN_SINCE, now.toString());
                        found.add(new Orphan(id, end.reason()));
                    }
                }
            }
            return action;
        }

        Result result() {
            return new Result(found, ended, Optional.ofNullable(failure));
        }
    }
}
