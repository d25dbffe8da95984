/** Returns the state of a training. */
@NullMarked
package dev.wakebox.functions.classifierstatus;

import org.jspecify.annotations.NullMarked;
