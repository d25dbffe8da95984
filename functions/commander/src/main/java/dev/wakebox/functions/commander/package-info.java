/** The commands of an execution go to its instance. */
@NullMarked
package dev.wakebox.functions.commander;

import org.jspecify.annotations.NullMarked;
