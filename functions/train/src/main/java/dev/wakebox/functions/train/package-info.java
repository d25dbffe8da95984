/** {@code POST /train}: a training run is checked, claimed and handed to the trainer. */
@NullMarked
package dev.wakebox.functions.train;

import org.jspecify.annotations.NullMarked;
