/** {@code GET /status}: whether the training server sleeps. */
@NullMarked
package dev.wakebox.functions.status;

import org.jspecify.annotations.NullMarked;
