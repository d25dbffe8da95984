package dev.wakebox.local.compute;

import java.time.Duration;

/**
 * How long things take on a local instance.
 *
 * @param pending from pending to running
 * @param agent from running until Systems Manager can reach it
 * @param stopping the least from stopping to stopped
 * @param shuttingDown the least from shutting-down to terminated
 * @param grace from SIGTERM to SIGKILL
 * @param disk how long a terminated instance's disk stays
 * @param visible how long a terminated instance is still described
 * @param delivery until a command reaches its instance
 */
public record Timing(
        Duration pending,
        Duration agent,
        Duration stopping,
        Duration shuttingDown,
        Duration grace,
        Duration disk,
        Duration visible,
        Duration delivery) {

    /** Seconds where EC2 takes minutes, with every state long enough to be seen. */
    public static final Timing DEFAULT = new Timing(
            Duration.ofMillis(1500),
            Duration.ofSeconds(1),
            Duration.ofMillis(1500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofHours(1),
            Duration.ofMillis(100));
}
