/** Runs the deciding classes of the functions against each other in simulated time. */
@NullMarked
package dev.wakebox.local.simulation;

import org.jspecify.annotations.NullMarked;
