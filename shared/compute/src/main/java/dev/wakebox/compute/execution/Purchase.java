package dev.wakebox.compute.execution;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.JsonObject;

/**
 * What determines the price of a launched instance, from EC2's answer to the launch.
 *
 * @param instanceType such as {@code t4g.small}
 * @param zone the Availability Zone
 */
public record Purchase(String instanceType, boolean spot, String zone) {
    private static final String INSTANCE_TYPE = "instance_type";
    private static final String SPOT = "spot";
    private static final String ZONE = "zone";

    public Purchase {
        requireNonNull(instanceType, "instanceType is null");
        requireNonNull(zone, "zone is null");
    }

    /** Reads the JSON of a run's state; texts that it lacks are empty. */
    public static Purchase of(JsonObject json) {
        return new Purchase(json.text(INSTANCE_TYPE), json.isTrue(SPOT), json.text(ZONE));
    }

    JsonObject toJson() {
        return JsonObject.of(INSTANCE_TYPE, instanceType).with(SPOT, spot).with(ZONE, zone);
    }
}
