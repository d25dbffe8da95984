package dev.wakebox.images.trainer;

/** One row of the CSV: a text and the label that it should get. */
record Row(String input, String label) {}
