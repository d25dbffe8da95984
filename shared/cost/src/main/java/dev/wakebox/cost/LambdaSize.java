package dev.wakebox.cost;

import static java.util.Objects.requireNonNull;

/**
 * The size of the functions of a run.
 *
 * @param memoryMb in MB, as in Lambda's configuration
 * @param architecture {@code arm64} or {@code x86_64}
 */
public record LambdaSize(int memoryMb, String architecture) {
    public LambdaSize {
        requireNonNull(architecture, "architecture is null");
    }
}
