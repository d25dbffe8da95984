package dev.wakebox.functions.runslots;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * A slot with the run that has it. A slot that no run has is not recorded.
 *
 * @param number from 1
 * @param execution the ARN of the run
 * @param token of the task that has yet to be told; empty after that
 */
record TakenSlot(int number, String execution, Optional<String> token) {
    TakenSlot {
        requireNonNull(execution, "execution is null");
        requireNonNull(token, "token is null");
    }
}
