package dev.wakebox.images.trainer;

/**
 * One row as numbers.
 *
 * @param features of the text
 * @param label its index among the labels
 */
record LabelledRow(float[] features, int label) {}
