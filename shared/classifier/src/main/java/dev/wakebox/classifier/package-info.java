/** The question classifier: finds one of a mentor's answers for a text, with a calibrated confidence. */
@NullMarked
package dev.wakebox.classifier;

import org.jspecify.annotations.NullMarked;
