package dev.wakebox.images.trainer;

/**
 * A text as the features that it has; all others are 0.
 *
 * @param index of each feature, ascending
 * @param value of each feature, in the same order
 */
record SparseVector(int[] index, float[] value) {}
