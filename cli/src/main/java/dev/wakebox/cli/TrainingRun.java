package dev.wakebox.cli;

import dev.wakebox.runtime.JsonObject;

/**
 * A run of the training server, as {@code train --json} prints it.
 *
 * @param token names the run
 * @param inference the entry of the run in {@code inference.json}; empty if the run has left no model
 */
record TrainingRun(String token, Outcome outcome, JsonObject inference) {
    /** How far the run is. */
    enum Outcome {
        QUEUED,
        RUNNING,
        SUCCEEDED,
        FAILED
    }
}
