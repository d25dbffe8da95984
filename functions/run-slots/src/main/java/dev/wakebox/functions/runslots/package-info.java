/** Gives runs the slots of {@code MaxConcurrentRuns}, in order, and frees them when the runs end. */
@NullMarked
package dev.wakebox.functions.runslots;

import org.jspecify.annotations.NullMarked;
