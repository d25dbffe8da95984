/** The trainer of the demo: trains a classifier of texts or images. */
@NullMarked
package dev.wakebox.images.trainer;

import org.jspecify.annotations.NullMarked;
