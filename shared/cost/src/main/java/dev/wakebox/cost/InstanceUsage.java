package dev.wakebox.cost;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;

/**
 * An instance that a run used, with its volumes.
 *
 * @param attempt the number of the attempt, from 0
 * @param instanceType empty if the run did not record it
 * @param zone its Availability Zone; empty if the run did not record it
 * @param from when EC2 accepted the launch
 * @param to when the instance was told to end, or the present while it is running
 * @param volumes empty if the run has not recorded them
 */
public record InstanceUsage(
        int attempt,
        String instanceType,
        boolean spot,
        String zone,
        Instant from,
        Instant to,
        End end,
        List<VolumeUsage> volumes) {
    public InstanceUsage {
        requireNonNull(instanceType, "instanceType is null");
        requireNonNull(zone, "zone is null");
        requireNonNull(from, "from is null");
        requireNonNull(to, "to is null");
        requireNonNull(end, "end is null");
        volumes = List.copyOf(volumes);
    }

    /** What is known of the instance's end. */
    public enum End {
        /** The run ended the instance. */
        ENDED,
        /** The run ended without ending it; the reaper ends it some minutes later. */
        LEFT_TO_REAPER,
        /** The instance is running. */
        RUNNING
    }
}
