/** Reads a SAM template: its functions, its HTTP API and its intrinsic functions. */
@NullMarked
package dev.wakebox.local.template;

import org.jspecify.annotations.NullMarked;
