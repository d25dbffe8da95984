package dev.wakebox.images.processor;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Mean, standard deviation, median, minimum and maximum of some numbers. */
record Statistics(double mean, double std, double median, double min, double max) {
    /** The order of the columns. */
    static final List<String> NAMES = List.of("mean", "std", "median", "min", "max");

    /** All are 0 for an empty list. */
    static Statistics of(double[] values) {
        if (values.length == 0) {
            return new Statistics(0, 0, 0, 0, 0);
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double mean = Arrays.stream(sorted).average().orElseThrow();
        double variance = Arrays.stream(sorted)
                .map(value -> (value - mean) * (value - mean))
                .average()
                .orElseThrow();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Statistics(mean, Math.sqrt(variance), median, sorted[0], sorted[sorted.length - 1]);
    }

    String csv() {
        return String.format(Locale.ROOT, "%.6f,%.6f,%.6f,%.6f,%.6f", mean, std, median, min, max);
    }
}
