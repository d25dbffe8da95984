/** The queue worker that stores the outputs which the webhook leaves to it. */
@NullMarked
package dev.wakebox.functions.egressworker;

import org.jspecify.annotations.NullMarked;
