package dev.wakebox.images.trainer;

/** What the trainer does wrong on purpose after its first epoch, for trying the reaper. */
enum Fault {
    NONE,
    /** Dies with exit code 1. */
    CRASH,
    /** Never ends. */
    HANG
}
