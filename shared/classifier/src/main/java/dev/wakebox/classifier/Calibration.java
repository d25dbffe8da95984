package dev.wakebox.classifier;

import java.util.Arrays;
import java.util.List;

/**
 * What makes scores mean something.
 *
 * @param temperature by which scores are divided so that confidences are probabilities
 * @param threshold in-scope scores below it are off topic
 */
record Calibration(double temperature, double threshold) {
    /**
     * What a classifier made of a text that it had not learned from.
     *
     * @param label the right class
     */
    record Trial(Head.Scores scores, int label) {
        boolean right() {
            return Vectors.highest(scores.classes()) == label;
        }
    }

    /** Of mentors whose answers have so few examples that nothing can be held out. */
    static final Calibration UNMEASURED = new Calibration(1, 14);

    /** Fewer would tell chance, not the classifier. */
    private static final int FEWEST_TRIALS = 20;

    /** The share of right answers that is given up so that questions about anything else get none. */
    private static final double GIVEN_UP = 0.05;

    private static final int BINS = 15;

    static Calibration of(List<Trial> trials) {
        if (trials.size() < FEWEST_TRIALS) {
            return UNMEASURED;
        }
        double[] right = trials.stream()
                .filter(Trial::right)
                .mapToDouble(trial -> trial.scores().inScope())
                .sorted()
                .toArray();
        double threshold = right.length == 0 ? UNMEASURED.threshold() : right[(int) (GIVEN_UP * right.length)];
        return new Calibration(temperature(trials), threshold);
    }

    /** The probability of the class with the highest score. */
    double confidence(double[] scores) {
        return Math.exp(-lossOf(scores, Vectors.highest(scores), temperature));
    }

    /** The expected calibration error: by how much confidences are off the share of right answers, in 15 bins. */
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

    /** Golden-section search on the logarithm: the mean loss has one minimum there. */
    private static double temperature(List<Trial> trials) {
        double ratio = (Math.sqrt(5) - 1) / 2;
        double low = Math.log(0.05);
        double high = Math.log(20);
        while (high - low > 1e-3) {
            double third = high - ratio * (high - low);
            double twoThirds = low + ratio * (high - low);
            if (loss(trials, Math.exp(third)) < loss(trials, Math.exp(twoThirds))) {
                high = twoThirds;
            } else {
                low = third;
            }
        }
        return Math.exp((low + high) / 2);
    }

    private static double loss(List<Trial> trials, double temperature) {
        return trials.stream()
                .mapToDouble(trial -> lossOf(trial.scores().classes(), trial.label(), temperature))
                .sum();
    }

    private static double lossOf(double[] scores, int label, double temperature) {
        double[] cooled =
                Arrays.stream(scores).map(score -> score / temperature).toArray();
        return Vectors.logSumExp(cooled) - cooled[label];
    }
}
