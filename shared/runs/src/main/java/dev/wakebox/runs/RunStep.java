package dev.wakebox.runs;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.SnakeCase;
import java.time.Instant;
import java.util.Optional;

/**
 * One state of a run, with the waits between its repetitions.
 *
 * @param attempt the number of the attempt, from 0
 * @param state the state's name in the state machine, such as {@code EC2Poller}
 * @param entered the first time
 * @param left the last time; empty while the run is in this state
 * @param times how often the state was entered, for example once for each poll
 */
@SnakeCase
public record RunStep(int attempt, String state, Instant entered, Optional<Instant> left, int times) {
    public RunStep {
        requireNonNull(state, "state is null");
        requireNonNull(entered, "entered is null");
        requireNonNull(left, "left is null");
    }
}
