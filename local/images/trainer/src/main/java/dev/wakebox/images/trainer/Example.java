package dev.wakebox.images.trainer;

/**
 * One row in numbers.
 *
 * @param features of the text
 * @param label its place among the labels
 */
record Example(float[] features, int label) {}
