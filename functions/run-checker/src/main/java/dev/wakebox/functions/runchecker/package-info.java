/** Checks the output of an execution. */
@NullMarked
package dev.wakebox.functions.runchecker;

import org.jspecify.annotations.NullMarked;
