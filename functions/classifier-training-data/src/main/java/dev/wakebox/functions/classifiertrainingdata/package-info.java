/** Returns the training data of a mentor as a CSV. */
@NullMarked
package dev.wakebox.functions.classifiertrainingdata;

import org.jspecify.annotations.NullMarked;
