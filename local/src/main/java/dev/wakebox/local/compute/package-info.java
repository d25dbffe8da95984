/** EC2 and Systems Manager on one machine. */
@NullMarked
package dev.wakebox.local.compute;

import org.jspecify.annotations.NullMarked;
