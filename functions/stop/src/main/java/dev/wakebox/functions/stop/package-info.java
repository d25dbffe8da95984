/** {@code training.json} deleted: the training instance sleeps. */
@NullMarked
package dev.wakebox.functions.stop;

import org.jspecify.annotations.NullMarked;
