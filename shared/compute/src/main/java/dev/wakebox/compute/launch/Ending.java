package dev.wakebox.compute.launch;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.InstanceState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One step towards the end of what a run launched: what is done now, and whether nothing will be left to do after it.
 * Instances end as their tags say, so that nothing but EC2 has to be asked. Pure; steps may be repeated.
 *
 * @param done false while something can only be done later: call again
 */
public record Ending(List<Step> steps, boolean done) {
    public Ending {
        steps = List.copyOf(steps);
    }

    /** Something that is done about one instance or volume. */
    public sealed interface Step {
        /** The instance or volume. */
        String id();

        record Terminate(String id) implements Step {}

        record Stop(String id) implements Step {}

        /** A stopped instance becomes its owner's: it may be started again and won't be stopped again. */
        record Release(String id) implements Step {}

        /** The volume will be found again when its instance is gone. */
        record MarkVolume(String id) implements Step {}

        record DetachVolume(String id) implements Step {}

        record DeleteVolume(String id) implements Step {}
    }

    /** Decides on the instances and volumes of one run. */
    public static Ending of(List<Machine> machines, List<Volume> volumes) {
        requireNonNull(machines, "machines is null");
        var steps = new ArrayList<Step>();
        boolean done = true;
        for (Machine machine : machines) {
            Optional<String> toMark = rootVolumeToMark(machine, volumes);
            if (toMark.isPresent()) {
                steps.add(new Step.MarkVolume(toMark.get()));
                done = false;
            }
            done &= instance(machine, steps);
        }
        Map<String, Machine> byId =
                machines.stream().collect(Collectors.toMap(Machine::id, Function.identity(), (first, same) -> first));
        for (Volume volume : volumes) {
            if (volume.tags().containsKey(RunTags.DELETE_VOLUME)) {
                done &= volume(volume, byId, steps);
            }
        }
        return new Ending(steps, done);
    }

    /** Does the steps, in order. What one throws leaves the rest to the next call. */
    public void carryOut(Machines machines) {
        for (Step step : steps) {
            switch (step) {
                case Step.Terminate terminate -> machines.terminate(terminate.id());
                case Step.Stop stop -> machines.stop(stop.id());
                case Step.Release release -> machines.tag(release.id(), RunTags.RELEASED, "true");
                case Step.MarkVolume mark -> machines.tag(mark.id(), RunTags.DELETE_VOLUME, "true");
                case Step.DetachVolume detach -> machines.detach(detach.id());
                case Step.DeleteVolume delete -> machines.delete(delete.id());
            }
        }
    }

    private static boolean instance(Machine machine, List<Step> steps) {
        if (machine.gone() || machine.tags().containsKey(RunTags.RELEASED)) {
            return true;
        }
        if (!machine.endsStopped()) {
            steps.add(new Step.Terminate(machine.id()));
            return true;
        }
        return switch (machine.state()) {
            case PENDING -> false; // EC2 refuses to stop it yet
            case RUNNING -> {
                steps.add(new Step.Stop(machine.id()));
                yield false;
            }
            case STOPPING, STOPPED, SHUTTING_DOWN, TERMINATED -> {
                steps.add(new Step.Release(machine.id()));
                yield true;
            }
        };
    }

    private static Optional<String> rootVolumeToMark(Machine machine, List<Volume> volumes) {
        return machine.rootVolumeToDelete().filter(id -> volumes.stream()
                .anyMatch(volume -> volume.id().equals(id) && !volume.tags().containsKey(RunTags.DELETE_VOLUME)));
    }

    private static boolean volume(Volume volume, Map<String, Machine> machines, List<Step> steps) {
        if (volume.available()) {
            steps.add(new Step.DeleteVolume(volume.id()));
            return true;
        }
        Optional<Machine> holder = volume.attachedTo().map(machines::get);
        if (holder.isEmpty()) {
            // Being created or deleted, or given to another instance: not ours to wait for.
            return true;
        }
        if (holder.get().state() == InstanceState.STOPPED) {
            steps.add(new Step.DetachVolume(volume.id()));
        }
        return false;
    }
}
