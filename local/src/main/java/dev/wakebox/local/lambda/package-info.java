/** Plays Lambda: the processes of functions, their events, their logs and their limits. */
@NullMarked
package dev.wakebox.local.lambda;

import org.jspecify.annotations.NullMarked;
