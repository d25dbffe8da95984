/** The queue worker that trains classifiers. */
@NullMarked
package dev.wakebox.functions.classifiertrain;

import org.jspecify.annotations.NullMarked;
