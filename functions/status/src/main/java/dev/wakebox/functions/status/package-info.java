/** {@code GET /status}: returns the status of the training server. */
@NullMarked
package dev.wakebox.functions.status;

import org.jspecify.annotations.NullMarked;
