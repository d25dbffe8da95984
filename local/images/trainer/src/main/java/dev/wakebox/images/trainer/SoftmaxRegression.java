package dev.wakebox.images.trainer;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** Multinomial logistic regression on sparse vectors, learned by mini-batches. */
final class SoftmaxRegression {
    /** How well the weights fit some examples: the mean cross-entropy, and the share that gets its label. */
    record Score(double loss, double accuracy) {}

    private final int classes;
    /** A row of {@code classes} weights for each feature. */
    private final float[] weights;

    private final float[] gradient;
    private final BitSet touched = new BitSet();
    private final Optimizer optimizer;
    private int steps;

    SoftmaxRegression(int features, int classes, Optimizer optimizer) {
        this.classes = classes;
        this.weights = new float[features * classes];
        this.gradient = new float[features * classes];
        this.optimizer = optimizer;
    }

    /**
     * Learns from one mini-batch. Only features that occur in it change, and only their memory in the optimizer: what
     * an epoch costs depends on the texts, not on the vocabulary.
     */
    void learn(List<Example> batch, double rate) {
        steps++;
        for (Example example : batch) {
            double[] error = probabilities(example.features());
            error[example.label()] -= 1;
            addGradient(example.features(), error, batch.size());
        }
        for (int feature = touched.nextSetBit(0); feature >= 0; feature = touched.nextSetBit(feature + 1)) {
            int from = feature * classes;
            optimizer.update(weights, gradient, from, from + classes, rate, steps);
            Arrays.fill(gradient, from, from + classes, 0);
        }
        touched.clear();
    }

    Score score(List<Example> examples) {
        double loss = 0;
        int right = 0;
        for (Example example : examples) {
            double[] probabilities = probabilities(example.features());
            loss -= Math.log(Math.max(probabilities[example.label()], Double.MIN_NORMAL));
            right += highest(probabilities) == example.label() ? 1 : 0;
        }
        return new Score(loss / examples.size(), (double) right / examples.size());
    }

    /** The place of the likeliest label. */
    int predict(SparseVector features) {
        return highest(probabilities(features));
    }

    float[] weights() {
        return weights.clone();
    }

    private void addGradient(SparseVector features, double[] error, int batchSize) {
        for (int i = 0; i < features.index().length; i++) {
            int feature = features.index()[i];
            touched.set(feature);
            int row = feature * classes;
            float share = features.value()[i] / batchSize;
            for (int label = 0; label < classes; label++) {
                gradient[row + label] += (float) (share * error[label]);
            }
        }
    }

    private double[] probabilities(SparseVector features) {
        var scores = new double[classes];
        for (int i = 0; i < features.index().length; i++) {
            int row = features.index()[i] * classes;
            float value = features.value()[i];
            for (int label = 0; label < classes; label++) {
                scores[label] += value * weights[row + label];
            }
        }
        double highest = scores[highest(scores)];
        double sum = 0;
        for (int label = 0; label < classes; label++) {
            scores[label] = Math.exp(scores[label] - highest);
            sum += scores[label];
        }
        for (int label = 0; label < classes; label++) {
            scores[label] /= sum;
        }
        return scores;
    }

    private static int highest(double[] values) {
        int highest = 0;
        for (int i = 1; i < values.length; i++) {
            if (values[i] > values[highest]) {
                highest = i;
            }
        }
        return highest;
    }
}
