/** Code shared by the functions below {@code /classifier}. */
@NullMarked
package dev.wakebox.classifierapi;

import org.jspecify.annotations.NullMarked;
