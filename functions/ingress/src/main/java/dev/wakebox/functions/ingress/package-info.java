/** An object under {@code ingest/}: the platform is told of it and analyses it. */
@NullMarked
package dev.wakebox.functions.ingress;

import org.jspecify.annotations.NullMarked;
