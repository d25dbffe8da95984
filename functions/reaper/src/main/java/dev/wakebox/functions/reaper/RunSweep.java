package dev.wakebox.functions.reaper;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.launch.Agents;
import dev.wakebox.compute.launch.Ending;
import dev.wakebox.compute.launch.Machine;
import dev.wakebox.compute.launch.Machines;
import dev.wakebox.compute.launch.RunTags;
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
 * The second way, beside EC2Stopper, on which what a run launched ends: looks at everything that bears the stack's tag,
 * marks what nobody needs, and ends what was marked before. Thread-safe; sweeps may overlap.
 */
final class RunSweep {
    private final Machines machines;
    private final Agents agents;
    private final Executions executions;
    private final String stack;
    private final Clock clock;

    RunSweep(Machines machines, Agents agents, Executions executions, String stack, Clock clock) {
        this.machines = requireNonNull(machines, "machines is null");
        this.agents = requireNonNull(agents, "agents is null");
        this.executions = requireNonNull(executions, "executions is null");
        this.stack = requireNonNull(stack, "stack is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * What a sweep did: {@code found} are seen as orphans for the first time, {@code ended} are no more.
     *
     * @param failure the first of what could not be done, with the others as suppressed
     */
    record Result(List<Orphan> found, List<Orphan> ended, Optional<WakeboxException> failure) {
        Result {
            found = List.copyOf(found);
            ended = List.copyOf(ended);
            requireNonNull(failure, "failure is null");
        }
    }

    /** An instance or a volume that nobody needs, and why. */
    record Orphan(String id, String reason) {}

    /** Looks at all that the stack's runs have launched. */
    Result all() {
        return sweep(machines.tagged(RunTags.STACK, stack), machines.volumesTagged(RunTags.STACK, stack), false);
    }

    /** Looks at what an execution launched that has just ended: what is left of it ends at once. */
    Result ended(String executionArn) {
        return sweep(
                machines.tagged(RunTags.EXECUTION, executionArn).stream()
                        .filter(machine -> isOurs(machine.tags()))
                        .toList(),
                machines.volumesTagged(RunTags.EXECUTION, executionArn).stream()
                        .filter(volume -> isOurs(volume.tags()))
                        .toList(),
                true);
    }

    /** One orphan that can't be dealt with doesn't keep the others. */
    private Result sweep(List<Machine> instances, List<Volume> volumes, boolean over) {
        var one = new Pass(volumes, over, clock.instant());
        for (Machine machine : instances) {
            if (!machine.gone() && (!isReleased(machine) || isToLoseAVolume(machine, volumes))) {
                one.attempt(() -> one.instance(machine));
            }
        }
        for (Volume volume : volumes) {
            if (volume.available() && volume.tags().containsKey(RunTags.DELETE_VOLUME)) {
                one.attempt(() -> one.volume(volume));
            }
        }
        return one.result();
    }

    private static boolean isReleased(Machine machine) {
        return machine.tags().containsKey(RunTags.RELEASED);
    }

    private static boolean isToLoseAVolume(Machine machine, List<Volume> volumes) {
        return volumes.stream()
                .anyMatch(volume -> volume.tags().containsKey(RunTags.DELETE_VOLUME)
                        && volume.attachedTo().filter(machine.id()::equals).isPresent());
    }

    private boolean isOurs(Map<String, String> tags) {
        return stack.equals(tags.get(RunTags.STACK));
    }

    private static boolean endsInstance(Ending.Step step) {
        return step instanceof Ending.Step.Terminate || step instanceof Ending.Step.Stop;
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

        void instance(Machine machine) {
            if (act(machine.id(), machine.tags()) instanceof OrphanAction.End end) {
                if (machine.state() == InstanceState.RUNNING && !isReleased(machine)) {
                    attempt(() -> agents.cancelCommands(machine.id())); // without it the instance ends all the same
                }
                String execution = machine.tags().getOrDefault(RunTags.EXECUTION, "");
                var ending = Ending.of(
                        List.of(machine),
                        volumes.stream()
                                .filter(volume -> execution.equals(volume.tags().get(RunTags.EXECUTION)))
                                .filter(volume -> !volume.available())
                                .toList());
                ending.carryOut(machines);
                if (ending.steps().stream().anyMatch(RunSweep::endsInstance)) {
                    ended.add(new Orphan(machine.id(), end.reason()));
                }
            }
        }

        void volume(Volume volume) {
            if (act(volume.id(), volume.tags()) instanceof OrphanAction.End end) {
                machines.delete(volume.id());
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
                case OrphanAction.Unmark unmark -> machines.tag(id, RunTags.ORPHAN_SINCE, "");
                case OrphanAction.Mark mark -> {
                    machines.tag(id, RunTags.ORPHAN_SINCE, now.toString());
                    found.add(new Orphan(id, mark.reason()));
                }
                case OrphanAction.End end -> {
                    if (tags.getOrDefault(RunTags.ORPHAN_SINCE, "").isEmpty()) {
                        machines.tag(id, RunTags.ORPHAN_SINCE, now.toString());
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
