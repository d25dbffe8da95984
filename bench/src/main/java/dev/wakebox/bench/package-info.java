/** Measures accuracy and speed of the question classifier, on data sets that are not part of the repository. */
@NullMarked
package dev.wakebox.bench;

import org.jspecify.annotations.NullMarked;
