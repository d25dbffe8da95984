package dev.wakebox.local.ec2;

import java.time.Duration;

/**
 * The durations of state changes of a local instance.
 *
 * @param pending from pending to running
 * @param agent from running until the Systems Manager agent is online
 * @param stopping minimum from stopping to stopped
 * @param shuttingDown minimum from shutting-down to terminated
 * @param grace from SIGTERM to SIGKILL
 * @param disk how long a terminated instance's disk is kept
 * @param visible how long a terminated instance is still described
 * @param delivery until a command reaches its instance
 * @param warning from the warning of a spot interruption to the interruption
 */
public record Timing(
        Duration pending,
        Duration agent,
        Duration stopping,
        Duration shuttingDown,
        Duration grace,
        Duration disk,
        Duration visible,
        Duration delivery,
        Duration warning) {

    /** Seconds where EC2 takes minutes, but each state is long enough to be observed. */
    public static final Timing DEFAULT = new Timing(
            Duration.ofMillis(1500),
            Duration.ofSeconds(1),
            Duration.ofMillis(1500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofHours(1),
            Duration.ofMillis(100),
            Duration.ofSeconds(20));
}
