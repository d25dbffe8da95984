package dev.wakebox.compute.launch;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.InstanceState;
import java.util.Map;
import java.util.Optional;

/**
 * One instance of a run at the moment it was looked at.
 *
 * @param stateReason EC2's code of why it is in its state, as in {@code Server.SpotInstanceTermination}
 * @param rootVolume empty before it is attached and after the instance is terminated
 */
public record Machine(
        String id,
        InstanceState state,
        Map<String, String> tags,
        Optional<String> stateReason,
        Optional<RootVolume> rootVolume) {
    public Machine {
        requireNonNull(id, "id is null");
        requireNonNull(state, "state is null");
        requireNonNull(stateReason, "stateReason is null");
        requireNonNull(rootVolume, "rootVolume is null");
        tags = Map.copyOf(tags);
    }

    /** The volume that the instance boots from. */
    public record RootVolume(String id, boolean deletedOnTermination) {
        public RootVolume {
            requireNonNull(id, "id is null");
        }
    }

    /** Whether it can't come back. */
    public boolean gone() {
        return state == InstanceState.SHUTTING_DOWN || state == InstanceState.TERMINATED;
    }

    /** Whether it ended by no fault of the request: EC2 ran short of capacity or took a spot instance back. */
    public boolean endedForEc2sReasons() {
        return stateReason.filter(LaunchError::endedForEc2sReasons).isPresent();
    }

    /** Whether it is stopped at the end, to be kept, and not terminated. */
    public boolean endsStopped() {
        return "stop".equals(tags.get(RunTags.END));
    }

    /** The root volume that the run wants gone and that EC2 won't delete along with the instance. */
    public Optional<String> rootVolumeToDelete() {
        return rootVolume
                .filter(_ -> tags.containsKey(RunTags.DELETE_VOLUME))
                .filter(root -> endsStopped() || !root.deletedOnTermination())
                .map(RootVolume::id);
    }
}
