/** The deciding classes of the functions, run against each other in simulated time. */
@NullMarked
package dev.wakebox.local.simulation;

import org.jspecify.annotations.NullMarked;
