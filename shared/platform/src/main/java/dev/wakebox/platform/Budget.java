package dev.wakebox.platform;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/** The limits of a download: its size and its deadline. */
public record Budget(long bytes, Instant deadline) {
    public Budget {
        requireNonNull(deadline, "deadline is null");
    }
}
