package dev.wakebox.compute.launch;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.Optional;

/**
 * One volume of a run at the moment it was looked at.
 *
 * @param state in EC2's words: {@code creating}, {@code available}, {@code in-use}, {@code deleting}, {@code deleted},
 *     {@code error}
 * @param attachedTo the instance that holds it
 */
public record Volume(String id, String state, Optional<String> attachedTo, Map<String, String> tags) {
    public Volume {
        requireNonNull(id, "id is null");
        requireNonNull(state, "state is null");
        requireNonNull(attachedTo, "attachedTo is null");
        tags = Map.copyOf(tags);
    }

    /** Whether nobody holds it. */
    public boolean available() {
        return state.equals("available");
    }
}
