/** How far a training is, and whether anybody is there. */
@NullMarked
package dev.wakebox.functions.classifierstatus;

import org.jspecify.annotations.NullMarked;
