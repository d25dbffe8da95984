package dev.wakebox.compute;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * One EC2 instance at the moment it was looked at.
 *
 * @param launchTime when it was last started, to the second (EC2 moves it at every start)
 */
public record Instance(String id, InstanceState state, Instant launchTime) {
    public Instance {
        requireNonNull(id, "id is null");
        requireNonNull(state, "state is null");
        requireNonNull(launchTime, "launchTime is null");
    }
}
