/** The trainer on the demo's box: learns a text classifier from the CSV of a training run. */
@NullMarked
package dev.wakebox.images.trainer;

import org.jspecify.annotations.NullMarked;
