/** The processor of the demo: measures an uploaded file and writes results in the format that Wakebox expects. */
@NullMarked
package dev.wakebox.images.processor;

import org.jspecify.annotations.NullMarked;
