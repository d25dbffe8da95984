/** EC2 instances: look at them, start them, stop them. */
@NullMarked
package dev.wakebox.compute;

import org.jspecify.annotations.NullMarked;
