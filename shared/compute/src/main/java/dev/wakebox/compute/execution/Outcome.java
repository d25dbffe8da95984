package dev.wakebox.compute.execution;

/** How a run ended, as clients read it in {@code $.outcome}. */
public enum Outcome {
    SUCCEEDED,
    LAUNCH_FAILED,
    COMMAND_FAILED,
    TIMED_OUT,
    OUTPUT_MISSING,
    CANCELLED
}
