package dev.wakebox.images.trainer;

import java.util.List;
import java.util.Map;

/** Converts a row into numbers. */
interface Features<T> {
    /** Number of features per input. */
    int dimension();

    float[][] of(List<T> inputs);

    /** The layout of the model file, so that a reader can refuse an unknown one. */
    String format();

    /** The parameters that a reader of the model file needs to compute the same features. */
    Map<String, String> parameters();
}
