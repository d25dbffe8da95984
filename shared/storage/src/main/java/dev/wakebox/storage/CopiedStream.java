package dev.wakebox.storage;

import static java.util.Objects.requireNonNull;

/**
 * A summary of the copied bytes.
 *
 * @param sha256 of all bytes, in lower-case hex
 */
public record CopiedStream(long bytes, String sha256) {
    public CopiedStream {
        requireNonNull(sha256, "sha256 is null");
    }
}
