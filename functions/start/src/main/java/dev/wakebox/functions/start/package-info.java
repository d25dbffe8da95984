/** Starts the training instance when {@code training.json} is created. */
@NullMarked
package dev.wakebox.functions.start;

import org.jspecify.annotations.NullMarked;
