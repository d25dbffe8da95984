/**
 * Plays the requests of the originals' clients, which are data in {@code tests/conformance/exchanges/}, and checks the
 * values that the clients read.
 */
@NullMarked
package dev.wakebox.conformance;

import org.jspecify.annotations.NullMarked;
