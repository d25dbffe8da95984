package dev.wakebox.images.trainer;

import java.util.Arrays;
import java.util.List;

/** Multinomial logistic regression, trained with mini-batches. */
final class SoftmaxRegression {
    /** How well the weights fit some examples: the mean cross-entropy, and the share with the right label. */
    record Score(double loss, double accuracy) {}

    private final int features;
    private final int classes;
    /** One row of {@code classes} weights per feature, and a last row of biases. */
    private final float[] weights;

    private final float[] gradient;
    private final Optimizer optimizer;
    private int steps;

    SoftmaxRegression(int features, int classes, Optimizer optimizer) {
        this.features = features;
        this.classes = classes;
        this.weights = new float[(features + 1) * classes];
        this.gradient = new float[weights.length];
        this.optimizer = optimizer;
    }

    /** Trains with one mini-batch. */
    void learn(List<LabelledRow> batch, double rate) {
        steps++;
        Arrays.fill(gradient, 0);
        for (LabelledRow example : batch) {
            double[] error = probabilities(example.features());
            error[example.label()] -= 1;
            addGradient(example.features(), error, batch.size());
        }
        optimizer.update(weights, gradient, 0, weights.length, rate, steps);
    }

    Score score(List<LabelledRow> examples) {
        double loss = 0;
        int right = 0;
        for (LabelledRow example : examples) {
            double[] probabilities = probabilities(example.features());
            loss -= Math.log(Math.max(probabilities[example.label()], Double.MIN_NORMAL));
            right += highest(probabilities) == example.label() ? 1 : 0;
        }
        return new Score(loss / examples.size(), (double) right / examples.size());
    }

    /** The index of the most likely label. */
    int predict(float[] features) {
        return highest(probabilities(features));
    }

    float[] weights() {
        return weights.clone();
    }

    private void addGradient(float[] vector, double[] error, int batchSize) {
        for (int feature = 0; feature <= features; feature++) {
            int row = feature * classes;
            double share = value(vector, feature) / batchSize;
            for (int label = 0; label < classes; label++) {
                gradient[row + label] += (float) (share * error[label]);
            }
        }
    }

    private double[] probabilities(float[] vector) {
        var scores = new double[classes];
        for (int feature = 0; feature <= features; feature++) {
            int row = feature * classes;
            double value = value(vector, feature);
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

    /** The last feature is always 1: its weights are the biases. */
    private double value(float[] vector, int feature) {
        return feature < features ? vector[feature] : 1;
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
