package dev.wakebox.classifier;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LogisticRegressionTest {
    @Test
    void fit_always_findsTheMinimum() {
        var random = new Random(1);
        int classes = 3;
        var vectors = new float[31][6]; // not a multiple of the block, nor of the unrolled loop
        var labels = new int[vectors.length];
        for (int row = 0; row < vectors.length; row++) {
            labels[row] = row % classes;
            for (int j = 0; j < 6; j++) {
                vectors[row][j] = (float) random.nextGaussian() + (j == labels[row] ? 1 : 0);
            }
        }

        var fitted = LogisticRegression.fit(vectors, labels, classes, () -> {});

        double lowest = loss(fitted, vectors, labels);
        for (int c = 0; c < classes; c++) {
            for (int j = 0; j < 6; j++) {
                for (float change : new float[] {0.05f, -0.05f}) {
                    fitted.weights()[c][j] += change;
                    assertThat(loss(fitted, vectors, labels)).isGreaterThan(lowest);
                    fitted.weights()[c][j] -= change;
                }
            }
            for (float change : new float[] {0.05f, -0.05f}) {
                fitted.bias()[c] += change;
                assertThat(loss(fitted, vectors, labels)).isGreaterThan(lowest);
                fitted.bias()[c] -= change;
            }
        }
    }

    /** The textbook objective: the sum of cross-entropies times C, plus half the squared weights. */
    private static double loss(LogisticRegression regression, float[][] vectors, int[] labels) {
        double loss = 0;
        for (int row = 0; row < vectors.length; row++) {
            loss -= 30 * Vectors.logSoftmax(regression.logits(vectors[row]))[labels[row]];
        }
        for (float[] weights : regression.weights()) {
            loss += Vectors.dot(weights, weights) / 2;
        }
        return loss;
    }
}
