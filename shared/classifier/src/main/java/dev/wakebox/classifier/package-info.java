/** The question classifier: text in, one of a mentor's answers out, with a confidence that means what it says. */
@NullMarked
package dev.wakebox.classifier;

import org.jspecify.annotations.NullMarked;
