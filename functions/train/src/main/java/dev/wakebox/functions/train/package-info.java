/** {@code POST /train}: validates a training run, claims the server and writes the training order. */
@NullMarked
package dev.wakebox.functions.train;

import org.jspecify.annotations.NullMarked;
