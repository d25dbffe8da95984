package dev.wakebox.classifier;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Turns scores into confidences.
 *
 * @param temperature divisor of scores that makes confidences probabilities
 * @param threshold questions with a lower in-scope score are off topic
 */
record Calibration(double temperature, double threshold) {
    /**
     * The prediction for a held-out text.
     *
     * @param label the right class
     */
    record Trial(Head.Scores scores, int label) {
        boolean right() {
            return Vectors.highest(scores.classes()) == label;
        }
    }

    /** Used for mentors whose answers have too few examples to hold any out. */
    static final Calibration UNMEASURED = new Calibration(1, 14);

    /** With fewer trials, the figures would be random. */
    private static final int FEWEST_TRIALS = 20;

    /** The share of right answers that is sacrificed so that off-topic questions get no answer. */
    private static final double GIVEN_UP = 0.05;

    private static final int BINS = 15;

    /**
     * A smaller {@code exp} changes no sum of thousands in its 15 digits; most classes of a mentor are that far away.
     */
    private static final double NEGLIGIBLE = -45;

    /** @param stillTime called repeatedly; an exception that it throws ends the search */
    static Calibration of(List<Trial> trials, Runnable stillTime) {
        if (trials.size() < FEWEST_TRIALS) {
            return UNMEASURED;
        }
        double[] right = trials.stream()
                .filter(Trial::right)
                .mapToDouble(trial -> trial.scores().inScope())
                .sorted()
                .toArray();
        double threshold = right.length == 0 ? UNMEASURED.threshold() : right[(int) (GIVEN_UP * right.length)];
        return new Calibration(temperature(trials, stillTime), threshold);
    }

    /** The probability of the class with the highest score. */
    double confidence(float[] scores) {
        return confidence(scores, Vectors.highest(scores));
    }

    /** The probability of a class. */
    double confidence(float[] scores, int label) {
        return Math.exp(-lossOf(scores, label, temperature));
    }

    /** The expected calibration error: the mean difference between confidence and accuracy, in 15 bins. */
    static double error(double[] confidences, boolean[] right) {
        var confidence = new double[BINS];
        var hits = new double[BINS];
        for (int i = 0; i < right.length; i++) {
            int bin = Math.min((int) (confidences[i] * BINS), BINS - 1);
            confidence[bin] += confidences[i];
            hits[bin] += right[i] ? 1 : 0;
        }
        double error = 0;
        for (int bin = 0; bin < BINS; bin++) {
            error += Math.abs(confidence[bin] - hits[bin]);
        }
        return error / right.length;
    }

    /** The bins of {@link #error} that have trials. */
    List<HeldOut.Bin> bins(List<Trial> trials) {
        var confidence = new double[BINS];
        var hits = new int[BINS];
        var all = new int[BINS];
        for (Trial trial : trials) {
            double certain = confidence(trial.scores().classes());
            int bin = Math.min((int) (certain * BINS), BINS - 1);
            confidence[bin] += certain;
            hits[bin] += trial.right() ? 1 : 0;
            all[bin]++;
        }
        return IntStream.range(0, BINS)
                .filter(bin -> all[bin] > 0)
                .mapToObj(bin -> new HeldOut.Bin(confidence[bin] / all[bin], (double) hits[bin] / all[bin], all[bin]))
                .toList();
    }

    /** Golden-section search on the logarithm: the mean loss has one minimum there. */
    private static double temperature(List<Trial> trials, Runnable stillTime) {
        double ratio = (Math.sqrt(5) - 1) / 2;
        double low = Math.log(0.05);
        double high = Math.log(20);
        double third = high - ratio * (high - low);
        double twoThirds = low + ratio * (high - low);
        double atThird = loss(trials, Math.exp(third), stillTime);
        double atTwoThirds = loss(trials, Math.exp(twoThirds), stillTime);
        while (high - low > 1e-3) {
            if (atThird < atTwoThirds) {
                high = twoThirds;
                twoThirds = third;
                atTwoThirds = atThird;
                third = high - ratio * (high - low);
                atThird = loss(trials, Math.exp(third), stillTime);
            } else {
                low = third;
                third = twoThirds;
                atThird = atTwoThirds;
                twoThirds = low + ratio * (high - low);
                atTwoThirds = loss(trials, Math.exp(twoThirds), stillTime);
            }
        }
        return Math.exp((low + high) / 2);
    }

    /** Adds in the order of the trials, so that the same trials give the same sum. */
    private static double loss(List<Trial> trials, double temperature, Runnable stillTime) {
        double[] losses = trials.parallelStream()
                .mapToDouble(trial -> {
                    stillTime.run();
                    return lossOf(trial.scores().classes(), trial.label(), temperature);
                })
                .toArray();
        return Arrays.stream(losses).sum();
    }

    private static double lossOf(float[] scores, int label, double temperature) {
        double highest = scores[Vectors.highest(scores)];
        double sum = 0;
        for (float score : scores) {
            double exponent = (score - highest) / temperature;
            if (exponent > NEGLIGIBLE) {
                sum += Math.exp(exponent);
            }
        }
        return (highest - scores[label]) / temperature + Math.log(sum);
    }
}
