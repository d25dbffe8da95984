package dev.wakebox.compute.execution;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * {@code run_options}, checked and with their defaults.
 *
 * @param timeout counts from the attempt's t0
 * @param terminateInstance terminate instead of stop at the end
 * @param deleteVolume detach and delete the root volume at the end
 * @param cheapo spot before on-demand
 * @param retriesAllowed further attempts of the whole run
 * @param keepGoing run every command whatever the ones before it answered
 * @param dryRun say what would be launched and launch nothing
 * @param instanceTypes to try after the one in {@code instance_parameters}, in order
 * @param subnetIds to try after the one in {@code instance_parameters}, in order
 * @param availabilityZones to try in order where no subnet is given
 * @param maxPrice of a spot instance, USD an hour; empty for the on-demand price
 */
public record RunOptions(
        Duration timeout,
        boolean terminateInstance,
        boolean deleteVolume,
        boolean cheapo,
        int retriesAllowed,
        boolean keepGoing,
        boolean dryRun,
        List<String> instanceTypes,
        List<String> subnetIds,
        List<String> availabilityZones,
        Optional<BigDecimal> maxPrice) {
    public RunOptions {
        instanceTypes = List.copyOf(instanceTypes);
        subnetIds = List.copyOf(subnetIds);
        availabilityZones = List.copyOf(availabilityZones);
    }
}
