package dev.wakebox.images.trainer;

/** The faults that the trainer can simulate after its first epoch, to test the reaper. */
enum TrainerFault {
    NONE,
    /** The trainer ends with exit code 1. */
    CRASH,
    /** The trainer never ends. */
    HANG
}
