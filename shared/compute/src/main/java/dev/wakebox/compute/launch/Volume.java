package dev.wakebox.compute.launch;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.execution.VolumeSize;
import java.util.Map;
import java.util.Optional;

/**
 * A description of one volume of a run at a point in time.
 *
 * @param state in EC2's words: {@code creating}, {@code available}, {@code in-use}, {@code deleting}, {@code deleted},
 *     {@code error}
 * @param size its type and size
 * @param attachedTo the instance to which it is attached
 */
public record Volume(String id, String state, VolumeSize size, Optional<String> attachedTo, Map<String, String> tags) {
    public Volume {
        requireNonNull(id, "id is null");
        requireNonNull(state, "state is null");
        requireNonNull(size, "size is null");
        requireNonNull(attachedTo, "attachedTo is null");
        tags = Map.copyOf(tags);
    }

    /** Whether the volume is attached to no instance. */
    public boolean available() {
        return state.equals("available");
    }
}
