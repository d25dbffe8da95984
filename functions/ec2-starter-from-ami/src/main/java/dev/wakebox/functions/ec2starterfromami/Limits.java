package dev.wakebox.functions.ec2starterfromami;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How long an instance may take.
 *
 * @param running from its launch until it runs
 * @param online from then until its agent can be sent commands
 */
record Limits(Duration running, Duration online) {
    Limits {
        requireNonNull(running, "running is null");
        requireNonNull(online, "online is null");
    }

    Duration ready() {
        return running.plus(online);
    }
}
