package dev.wakebox.compute.launch;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.AwsRefusal;
import dev.wakebox.compute.InstanceState;
import java.util.Map;
import java.util.Optional;

/**
 * A description of one instance of a run at a point in time.
 *
 * @param stateReason EC2's code for the reason of its state, such as {@code Server.SpotInstanceTermination}
 * @param rootVolume empty before it is attached and after the instance is terminated
 */
public record RunInstance(
        String id,
        InstanceState state,
        Map<String, String> tags,
        Optional<String> stateReason,
        Optional<RootVolume> rootVolume) {
    public RunInstance {
        requireNonNull(id, "id is null");
        requireNonNull(state, "state is null");
        requireNonNull(stateReason, "stateReason is null");
        requireNonNull(rootVolume, "rootVolume is null");
        tags = Map.copyOf(tags);
    }

    /** The volume from which the instance boots. */
    public record RootVolume(String id, boolean deletedOnTermination) {
        public RootVolume {
            requireNonNull(id, "id is null");
        }
    }

    /** Whether the instance is terminated or is being terminated. */
    public boolean gone() {
        return state == InstanceState.SHUTTING_DOWN || state == InstanceState.TERMINATED;
    }

    /** Whether EC2 ended the instance for lack of capacity or took a spot instance back. */
    public boolean endedForEc2sReasons() {
        return stateReason.filter(AwsRefusal::endedForEc2sReasons).isPresent();
    }

    /** Whether EC2 took a spot instance back. */
    public boolean interrupted() {
        return stateReason.filter(AwsRefusal::interrupted).isPresent();
    }

    /** Whether the instance is stopped and kept at the end, and not terminated. */
    public boolean endsStopped() {
        return "stop".equals(tags.get(RunTags.END));
    }

    /** The root volume that the run must delete because EC2 won't delete it together with the instance. */
    public Optional<String> rootVolumeToDelete() {
        return rootVolume
                .filter(_ -> tags.containsKey(RunTags.DELETE_VOLUME))
                .filter(root -> endsStopped() || !root.deletedOnTermination())
                .map(RootVolume::id);
    }
}
