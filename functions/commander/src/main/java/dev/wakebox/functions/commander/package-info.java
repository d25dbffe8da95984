/** Sends the commands of an execution to its instance. */
@NullMarked
package dev.wakebox.functions.commander;

import org.jspecify.annotations.NullMarked;
