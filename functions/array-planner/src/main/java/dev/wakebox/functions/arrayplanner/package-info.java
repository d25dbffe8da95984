/** Checks an array and lists its runs. */
@NullMarked
package dev.wakebox.functions.arrayplanner;

import org.jspecify.annotations.NullMarked;
