/** Describes, starts and stops existing EC2 instances. */
@NullMarked
package dev.wakebox.compute;

import org.jspecify.annotations.NullMarked;
