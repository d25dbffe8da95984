/** The processing box of the demo: measures the uploaded file and writes the results as Wakebox expects them. */
@NullMarked
package dev.wakebox.images.processor;

import org.jspecify.annotations.NullMarked;
