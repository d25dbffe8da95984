/** Registers objects under {@code ingest/} with the platform, which analyses them. */
@NullMarked
package dev.wakebox.functions.ingress;

import org.jspecify.annotations.NullMarked;
