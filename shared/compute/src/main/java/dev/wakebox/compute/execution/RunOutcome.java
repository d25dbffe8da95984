package dev.wakebox.compute.execution;

/** The outcome of a run, as clients read it in {@code $.outcome}. */
public enum RunOutcome {
    SUCCEEDED,
    LAUNCH_FAILED,
    COMMAND_FAILED,
    /** EC2 took the spot instance back before the commands ended. */
    INTERRUPTED,
    TIMED_OUT,
    COST_LIMIT,
    OUTPUT_MISSING,
    CANCELLED
}
