package dev.wakebox.functions.ec2starterfromami;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * Timeouts of a new instance.
 *
 * @param running from the launch until the instance is running
 * @param online from then until its Systems Manager agent is online
 */
record LaunchLimits(Duration running, Duration online) {
    LaunchLimits {
        requireNonNull(running, "running is null");
        requireNonNull(online, "online is null");
    }

    Duration ready() {
        return running.plus(online);
    }
}
