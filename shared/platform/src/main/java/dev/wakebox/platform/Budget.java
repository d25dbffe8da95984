package dev.wakebox.platform;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/** How much may be downloaded, and until when. */
public record Budget(long bytes, Instant deadline) {
    public Budget {
        requireNonNull(deadline, "deadline is null");
    }
}
