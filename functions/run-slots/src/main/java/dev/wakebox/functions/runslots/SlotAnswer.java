package dev.wakebox.functions.runslots;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.SnakeCase;
import java.time.Instant;

/**
 * What the waiting task returns: {@code $.run.slot} of the run's document.
 *
 * @param number of the slot, from 1
 * @param takenAt when the run got it; {@code timeout_s} counts from then
 */
@SnakeCase
record SlotAnswer(int number, Instant takenAt) {
    SlotAnswer {
        requireNonNull(takenAt, "takenAt is null");
    }
}
