package dev.wakebox.images.trainer;

/**
 * One row in numbers.
 *
 * @param label its place among the labels
 */
record Example(SparseVector features, int label) {}
