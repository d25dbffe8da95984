package dev.wakebox.compute.launch;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceLifecycleType;
import software.amazon.awssdk.services.ec2.model.Tag;

/**
 * Shows an operator one instance: what it is, since when it runs, and for which run.
 *
 * @param type such as {@code t4g.small}
 * @param state EC2's name of it, such as {@code running}
 * @param zone its Availability Zone; empty if EC2 doesn't say it
 * @param launchedAt time of its last start
 */
public record BilledInstance(
        String id, String type, String state, String zone, boolean spot, Instant launchedAt, Map<String, String> tags) {
    public BilledInstance {
        requireNonNull(id, "id is null");
        requireNonNull(type, "type is null");
        requireNonNull(state, "state is null");
        requireNonNull(zone, "zone is null");
        requireNonNull(launchedAt, "launchedAt is null");
        tags = Map.copyOf(tags);
    }

    static BilledInstance of(Instance instance) {
        return new BilledInstance(
                instance.instanceId(),
                Optional.ofNullable(instance.instanceTypeAsString()).orElse(""),
                instance.state().nameAsString(),
                instance.placement() == null || instance.placement().availabilityZone() == null
                        ? ""
                        : instance.placement().availabilityZone(),
                instance.instanceLifecycle() == InstanceLifecycleType.SPOT,
                Optional.ofNullable(instance.launchTime()).orElse(Instant.EPOCH),
                instance.tags().stream().collect(Collectors.toMap(Tag::key, Tag::value, (first, _) -> first)));
    }

    /** The name of the run for which it was launched; empty for an instance of no run. */
    public String run() {
        String execution = tags.getOrDefault(RunTags.EXECUTION, "");
        return execution.substring(execution.lastIndexOf(':') + 1);
    }
}
