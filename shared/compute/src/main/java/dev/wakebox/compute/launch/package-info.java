/** Instances for one run: what to launch, in which order, how EC2's answers are read, and how they end. */
@NullMarked
package dev.wakebox.compute.launch;

import org.jspecify.annotations.NullMarked;
