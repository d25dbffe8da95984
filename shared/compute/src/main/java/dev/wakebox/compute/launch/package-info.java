/** Launches and ends the instances of a run: requests, their order, the meaning of EC2's answers, and the end. */
@NullMarked
package dev.wakebox.compute.launch;

import org.jspecify.annotations.NullMarked;
