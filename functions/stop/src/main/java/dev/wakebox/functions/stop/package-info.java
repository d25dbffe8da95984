/** Stops the training instance when {@code training.json} is deleted. */
@NullMarked
package dev.wakebox.functions.stop;

import org.jspecify.annotations.NullMarked;
