package dev.wakebox.compute;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One EC2 instance at the moment it was looked at.
 *
 * @param launchTime when it was last started, to the second (EC2 moves it at every start)
 * @param privateAddress its IP address in the VPC; null when it has none (any more)
 */
public record Instance(
        String id,
        InstanceState state,
        Instant launchTime,
        @Nullable String privateAddress) {
    public Instance {
        requireNonNull(id, "id is null");
        requireNonNull(state, "state is null");
        requireNonNull(launchTime, "launchTime is null");
    }

    /** An instance whose address nobody asks for. */
    public Instance(String id, InstanceState state, Instant launchTime) {
        this(id, state, launchTime, null);
    }
}
