package dev.wakebox.compute;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A description of one EC2 instance at a point in time.
 *
 * @param launchTime time of its last start, to the second; EC2 updates it at every start
 * @param privateAddress its IP address in the VPC; null when it has none
 * @param type such as {@code t3.micro}; null when EC2 does not say it
 */
public record Instance(
        String id,
        InstanceState state,
        Instant launchTime,
        @Nullable String privateAddress,
        @Nullable String type) {
    public Instance {
        requireNonNull(id, "id is null");
        requireNonNull(state, "state is null");
        requireNonNull(launchTime, "launchTime is null");
    }

    /** An instance without an address and a type, for callers that don't need them. */
    public Instance(String id, InstanceState state, Instant launchTime) {
        this(id, state, launchTime, null, null);
    }
}
