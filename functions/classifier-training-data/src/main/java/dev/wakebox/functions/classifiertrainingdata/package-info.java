/** What a mentor's classifier learns from, as a CSV. */
@NullMarked
package dev.wakebox.functions.classifiertrainingdata;

import org.jspecify.annotations.NullMarked;
