package dev.wakebox.classifier;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class LogisticRegressionTest {
    private static final int DIMENSION = 6;

    /** Vectors between two checks of the time, as in LogisticRegression. */
    private static final int BLOCK = 512;

    /** The classes and their vectors; {@code perClass} of each. */
    private record Problem(float[][] vectors, int[] labels, int classes) {
        static Problem of(int perClass, int classes, int dimension) {
            var random = new Random(1);
            var middles = new float[classes][dimension];
            for (float[] middle : middles) {
                for (int j = 0; j < dimension; j++) {
                    middle[j] = (float) random.nextGaussian();
                }
            }
            var vectors = new float[perClass * classes][dimension];
            var labels = new int[vectors.length];
            for (int row = 0; row < vectors.length; row++) {
                labels[row] = row % classes;
                for (int j = 0; j < dimension; j++) {
                    vectors[row][j] = middles[labels[row]][j] + (float) random.nextGaussian();
                }
                vectors[row] = Vectors.normalized(vectors[row]);
            }
            return new Problem(vectors, labels, classes);
        }

        LogisticRegression fit() {
            return LogisticRegression.fit(vectors, labels, classes, () -> {});
        }

        /** How often the fit computes the loss of all vectors. */
        double evaluations() {
            var checks = new AtomicInteger();
            LogisticRegression.fit(vectors, labels, classes, checks::incrementAndGet);
            return checks.get() / Math.ceil((double) vectors.length / BLOCK);
        }
    }

    @Test
    void fit_always_findsTheMinimum() {
        var problem = Problem.of(200, 3, DIMENSION); // 600 vectors: not a multiple of the block

        LogisticRegression fitted = problem.fit();

        assertThat(loss(fitted, problem))
                .isCloseTo(loss(descended(fitted, problem), problem), Percentage.withPercentage(0.1));
    }

    /** The multiplications are evaluations times vectors times classes: counted, because a time depends on the computer. */
    @Test
    void fit_whenThereIsMoreToLearn_needsAboutAsManySteps() {
        double few = Problem.of(5, 20, 64).evaluations();

        assertThat(few).isBetween(3.0, 40.0);
        assertThat(Problem.of(5, 160, 64).evaluations()).isLessThan(2 * few);
        assertThat(Problem.of(40, 20, 64).evaluations()).isLessThan(2 * few);
    }

    /** Such a gradient is small in each number at the start: a class is one of many. */
    @Test
    void fit_whenThereAreManyClasses_learnsThem() {
        var problem = Problem.of(2, 600, 64);
        LogisticRegression fitted = problem.fit();

        int right = 0;
        for (int row = 0; row < problem.labels().length; row++) {
            right += Vectors.highest(fitted.logits(problem.vectors()[row])) == problem.labels()[row] ? 1 : 0;
        }
        assertThat((double) right / problem.labels().length).isGreaterThan(0.9);
    }

    /** Plain gradient descent from a fit, in double precision. */
    private static LogisticRegression descended(LogisticRegression fit, Problem problem) {
        int classes = problem.classes();
        var weights = new double[classes][DIMENSION + 1];
        for (int c = 0; c < classes; c++) {
            for (int j = 0; j < DIMENSION; j++) {
                weights[c][j] = fit.weights()[c][j];
            }
            weights[c][DIMENSION] = fit.bias()[c];
        }
        double steepest = 30.0 * problem.labels().length + 1;
        for (int step = 0; step < 20_000; step++) {
            var gradient = new double[classes][DIMENSION + 1];
            for (int c = 0; c < classes; c++) {
                System.arraycopy(weights[c], 0, gradient[c], 0, DIMENSION);
            }
            for (int row = 0; row < problem.labels().length; row++) {
                float[] vector = problem.vectors()[row];
                var scores = new double[classes];
                for (int c = 0; c < classes; c++) {
                    scores[c] = weights[c][DIMENSION];
                    for (int j = 0; j < DIMENSION; j++) {
                        scores[c] += weights[c][j] * vector[j];
                    }
                }
                double total = Vectors.logSumExp(scores);
                for (int c = 0; c < classes; c++) {
                    double error = 30 * (Math.exp(scores[c] - total) - (c == problem.labels()[row] ? 1 : 0));
                    for (int j = 0; j < DIMENSION; j++) {
                        gradient[c][j] += error * vector[j];
                    }
                    gradient[c][DIMENSION] += error;
                }
            }
            for (int c = 0; c < classes; c++) {
                for (int j = 0; j <= DIMENSION; j++) {
                    weights[c][j] -= gradient[c][j] / steepest;
                }
            }
        }
        var rows = new float[classes][DIMENSION];
        var bias = new float[classes];
        for (int c = 0; c < classes; c++) {
            for (int j = 0; j < DIMENSION; j++) {
                rows[c][j] = (float) weights[c][j];
            }
            bias[c] = (float) weights[c][DIMENSION];
        }
        return new LogisticRegression(rows, bias);
    }

    /** The textbook objective: the sum of cross-entropies times C, plus half the squared weights. */
    private static double loss(LogisticRegression regression, Problem problem) {
        double loss = 0;
        for (int row = 0; row < problem.labels().length; row++) {
            loss -= 30 * Vectors.logSoftmax(regression.logits(problem.vectors()[row]), 1)[problem.labels()[row]];
        }
        for (float[] weights : regression.weights()) {
            loss += Vectors.dot(weights, weights) / 2;
        }
        return loss;
    }
}
