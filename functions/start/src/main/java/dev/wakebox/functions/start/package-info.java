/** {@code training.json} created: the training instance wakes. */
@NullMarked
package dev.wakebox.functions.start;

import org.jspecify.annotations.NullMarked;
