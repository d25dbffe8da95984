package dev.wakebox.compute.execution;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.JsonObject;

/**
 * What determines the price of a volume.
 *
 * @param type such as {@code gp3}
 * @param gib its size in GiB
 */
public record VolumeSize(String type, int gib) {
    private static final String TYPE = "type";
    private static final String GIB = "gib";

    public VolumeSize {
        requireNonNull(type, "type is null");
    }

    /** Reads the JSON of a run's state. */
    public static VolumeSize of(JsonObject json) {
        return new VolumeSize(json.text(TYPE), RunState.count(json, GIB));
    }

    JsonObject toJson() {
        return JsonObject.of(TYPE, type).with(GIB, gib);
    }
}
