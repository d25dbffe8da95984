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
 * One step to end the resources of a run: the actions to take now, and whether any remain afterwards. The tags of an
 * instance say how it ends, so only EC2 is asked. Pure; steps may be repeated.
 *
 * @param done false when an action is only possible later: call again
 */
public record Teardown(List<Step> steps, boolean done) {
    public Teardown {
        steps = List.copyOf(steps);
    }

    /** An action on one instance or volume. */
    public sealed interface Step {
        /** The id of the instance or volume. */
        String id();

        record Terminate(String id) implements Step {}

        record Stop(String id) implements Step {}

        /** Releases a stopped instance to its owner: the owner may start it again, and Wakebox won't stop it again. */
        record Release(String id) implements Step {}

        /** Tags the volume, so that it is found after its instance is gone. */
        record MarkVolume(String id) implements Step {}

        record DetachVolume(String id) implements Step {}

        record DeleteVolume(String id) implements Step {}
    }

    /** Decides the actions for the instances and volumes of one run. */
    public static Teardown plan(List<RunInstance> resources, List<Volume> volumes) {
        requireNonNull(resources, "resources is null");
        var steps = new ArrayList<Step>();
        boolean done = true;
        for (RunInstance instance : resources) {
            Optional<String> toMark = rootVolumeToMark(instance, volumes);
            if (toMark.isPresent()) {
                steps.add(new Step.MarkVolume(toMark.get()));
                done = false;
            }
            done &= instance(instance, steps);
        }
        Map<String, RunInstance> byId = resources.stream()
                .collect(Collectors.toMap(RunInstance::id, Function.identity(), (first, same) -> first));
        for (Volume volume : volumes) {
            if (volume.tags().containsKey(RunTags.DELETE_VOLUME)) {
                done &= volume(volume, byId, steps);
            }
        }
        return new Teardown(steps, done);
    }

    /** Applies the steps in order. After an exception, the next call does the remaining ones. */
    public void apply(RunResources resources) {
        for (Step step : steps) {
            switch (step) {
                case Step.Terminate terminate -> resources.terminate(terminate.id());
                case Step.Stop stop -> resources.stop(stop.id());
                case Step.Release release -> resources.tag(release.id(), RunTags.RELEASED, "true");
                case Step.MarkVolume mark -> resources.tag(mark.id(), RunTags.DELETE_VOLUME, "true");
                case Step.DetachVolume detach -> resources.detach(detach.id());
                case Step.DeleteVolume delete -> resources.delete(delete.id());
            }
        }
    }

    private static boolean instance(RunInstance instance, List<Step> steps) {
        if (instance.gone() || instance.tags().containsKey(RunTags.RELEASED)) {
            return true;
        }
        if (!instance.endsStopped()) {
            steps.add(new Step.Terminate(instance.id()));
            return true;
        }
        return switch (instance.state()) {
            case PENDING -> false; // EC2 refuses to stop it in this state
            case RUNNING -> {
                steps.add(new Step.Stop(instance.id()));
                yield false;
            }
            case STOPPING, STOPPED, SHUTTING_DOWN, TERMINATED -> {
                steps.add(new Step.Release(instance.id()));
                yield true;
            }
        };
    }

    private static Optional<String> rootVolumeToMark(RunInstance instance, List<Volume> volumes) {
        return instance.rootVolumeToDelete().filter(id -> volumes.stream()
                .anyMatch(volume -> volume.id().equals(id) && !volume.tags().containsKey(RunTags.DELETE_VOLUME)));
    }

    private static boolean volume(Volume volume, Map<String, RunInstance> resources, List<Step> steps) {
        if (volume.available()) {
            steps.add(new Step.DeleteVolume(volume.id()));
            return true;
        }
        Optional<RunInstance> holder = volume.attachedTo().map(resources::get);
        if (holder.isEmpty()) {
            // The volume is being created or deleted, or is attached to another instance: there is nothing to wait for.
            return true;
        }
        if (holder.get().state() == InstanceState.STOPPED) {
            steps.add(new Step.DetachVolume(volume.id()));
        }
        return false;
    }
}
