package dev.wakebox.cost;

import static java.util.Objects.requireNonNull;

/**
 * An EBS volume of a run.
 *
 * @param type such as {@code gp3}
 * @param gib its size in GiB
 */
public record VolumeUsage(String type, int gib) {
    public VolumeUsage {
        requireNonNull(type, "type is null");
    }
}
