package dev.wakebox.functions.processupload;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How long a running instance may be unable to take files before it is restarted.
 *
 * @param unhealthy for an instance that has worked since its launch
 * @param start for an instance that has not worked since its launch: it may still be booting
 */
public record HealthLimits(Duration unhealthy, Duration start) {
    public HealthLimits {
        requireNonNull(unhealthy, "unhealthy is null");
        requireNonNull(start, "start is null");
    }
}
