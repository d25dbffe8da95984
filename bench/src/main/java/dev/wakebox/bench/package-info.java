/** Accuracy and speed of the question classifier, on data that is given and never part of the repository. */
@NullMarked
package dev.wakebox.bench;

import org.jspecify.annotations.NullMarked;
