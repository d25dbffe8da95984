/** Runs seen from outside: submitted, listed, shown and cancelled through Step Functions, with the output of their commands. */
@NullMarked
package dev.wakebox.runs;

import org.jspecify.annotations.NullMarked;
