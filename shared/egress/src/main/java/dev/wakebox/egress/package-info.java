/** Stores the output of a completed job of the platform before it expires. */
@NullMarked
package dev.wakebox.egress;

import org.jspecify.annotations.NullMarked;
