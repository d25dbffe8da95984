package dev.wakebox.images.trainer;

/**
 * One row of a dataset: an input and its label.
 *
 * @param identity equal for rows with equal inputs
 */
record Row<T>(T input, Object identity, String label) {}
