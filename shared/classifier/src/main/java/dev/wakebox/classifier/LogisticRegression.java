package dev.wakebox.classifier;

import java.util.Arrays;

/**
 * Multinomial logistic regression: one weight per class and dimension, and one bias per class.
 *
 * @param weights one row per class
 */
record LogisticRegression(float[][] weights, float[] bias) {
    /** The weight of the data relative to the penalty; lower values harm small, uneven classes. */
    private static final double C = 30;

    private static final double TOLERANCE = 1e-4;
    private static final int MAX_ITERATIONS = 200;

    /**
     * @param labels the class of each vector, from 0 up to, but without, {@code classes}
     * @param stillTime called repeatedly; an exception that it throws ends the fit
     */
    static LogisticRegression fit(float[][] vectors, int[] labels, int classes, Runnable stillTime) {
        int dimension = vectors[0].length;
        float[] mean = mean(vectors);
        // sentence vectors lie close together; relative to their mean, the problem is far better conditioned
        var centred = new float[vectors.length][dimension];
        for (int row = 0; row < vectors.length; row++) {
            for (int j = 0; j < dimension; j++) {
                centred[row][j] = vectors[row][j] - mean[j];
            }
        }
        var parameters = new float[(dimension + 1) * classes];
        Lbfgs.minimize(new Loss(centred, labels, classes, stillTime), parameters, TOLERANCE, MAX_ITERATIONS);

        var weights = new float[classes][dimension];
        var bias = new float[classes];
        for (int c = 0; c < classes; c++) {
            for (int j = 0; j < dimension; j++) {
                weights[c][j] = parameters[j * classes + c];
            }
            bias[c] = parameters[dimension * classes + c] - Vectors.dot(weights[c], mean);
        }
        return new LogisticRegression(weights, bias);
    }

    /** One score per class; {@code exp} of it is proportional to the probability of the class. */
    double[] logits(float[] vector) {
        var logits = new double[bias.length];
        for (int c = 0; c < bias.length; c++) {
            logits[c] = Vectors.dot(weights[c], vector) + bias[c];
        }
        return logits;
    }

    private static float[] mean(float[][] vectors) {
        var sum = new double[vectors[0].length];
        for (float[] vector : vectors) {
            for (int j = 0; j < sum.length; j++) {
                sum[j] += vector[j];
            }
        }
        var mean = new float[sum.length];
        for (int j = 0; j < sum.length; j++) {
            mean[j] = (float) (sum[j] / vectors.length);
        }
        return mean;
    }

    /**
     * Mean cross-entropy plus the penalty of the weights. The parameters are one row of {@code classes} weights per
     * dimension and a last row of biases, so that the inner loops access adjacent classes.
     */
    private static final class Loss implements Lbfgs.Objective {
        /** Number of vectors whose gradients are added at once. */
        private static final int BLOCK = 4;

        private final float[][] vectors;
        private final int[] labels;
        private final int classes;
        private final int dimension;
        private final float[][] errors;
        private final Runnable stillTime;

        Loss(float[][] vectors, int[] labels, int classes, Runnable stillTime) {
            this.vectors = vectors;
            this.labels = labels;
            this.classes = classes;
            this.dimension = vectors[0].length;
            this.errors = new float[BLOCK][classes];
            this.stillTime = stillTime;
        }

        @Override
        public double at(float[] x, float[] gradient) {
            Arrays.fill(gradient, 0);
            double loss = 0;
            int row = 0;
            for (; row + BLOCK <= vectors.length; row += BLOCK) {
                stillTime.run();
                for (int i = 0; i < BLOCK; i++) {
                    loss += error(x, row + i, errors[i]);
                }
                addGradients(row, gradient);
            }
            for (; row < vectors.length; row++) {
                loss += error(x, row, errors[0]);
                addGradient(row, gradient);
            }
            return loss / vectors.length + penalty(x, gradient);
        }

        /** The loss of one vector; writes the difference between probability and label into {@code error}. */
        private double error(float[] x, int row, float[] error) {
            float[] vector = vectors[row];
            System.arraycopy(x, dimension * classes, error, 0, classes);
            int j = 0;
            for (; j + 3 < dimension; j += 4) {
                float v0 = vector[j];
                float v1 = vector[j + 1];
                float v2 = vector[j + 2];
                float v3 = vector[j + 3];
                int w0 = j * classes;
                int w1 = w0 + classes;
                int w2 = w1 + classes;
                int w3 = w2 + classes;
                for (int c = 0; c < classes; c++) {
                    error[c] += v0 * x[w0 + c] + v1 * x[w1 + c] + v2 * x[w2 + c] + v3 * x[w3 + c];
                }
            }
            for (; j < dimension; j++) {
                for (int c = 0; c < classes; c++) {
                    error[c] += vector[j] * x[j * classes + c];
                }
            }
            float highest = error[0];
            for (int c = 1; c < classes; c++) {
                highest = Math.max(highest, error[c]);
            }
            float own = error[labels[row]] - highest;
            float sum = 0;
            for (int c = 0; c < classes; c++) {
                error[c] = (float) Math.exp(error[c] - highest);
                sum += error[c];
            }
            for (int c = 0; c < classes; c++) {
                error[c] /= sum;
            }
            error[labels[row]] -= 1;
            return Math.log(sum) - own;
        }

        private void addGradients(int row, float[] gradient) {
            float[] a = vectors[row];
            float[] b = vectors[row + 1];
            float[] c = vectors[row + 2];
            float[] d = vectors[row + 3];
            float[] errorA = errors[0];
            float[] errorB = errors[1];
            float[] errorC = errors[2];
            float[] errorD = errors[3];
            for (int j = 0; j <= dimension; j++) {
                float va = j < dimension ? a[j] : 1;
                float vb = j < dimension ? b[j] : 1;
                float vc = j < dimension ? c[j] : 1;
                float vd = j < dimension ? d[j] : 1;
                int at = j * classes;
                for (int i = 0; i < classes; i++) {
                    gradient[at + i] += va * errorA[i] + vb * errorB[i] + vc * errorC[i] + vd * errorD[i];
                }
            }
        }

        private void addGradient(int row, float[] gradient) {
            float[] error = errors[0];
            for (int j = 0; j <= dimension; j++) {
                float value = j < dimension ? vectors[row][j] : 1;
                int at = j * classes;
                for (int i = 0; i < classes; i++) {
                    gradient[at + i] += value * error[i];
                }
            }
        }

        /** Divides the gradient by the number of vectors and adds the penalty of the weights; biases have none. */
        private double penalty(float[] x, float[] gradient) {
            float share = 1f / vectors.length;
            float strength = (float) (1 / (C * vectors.length));
            double squares = 0;
            int weights = dimension * classes;
            for (int i = 0; i < weights; i++) {
                gradient[i] = gradient[i] * share + strength * x[i];
                squares += (double) x[i] * x[i];
            }
            for (int i = weights; i < x.length; i++) {
                gradient[i] *= share;
            }
            return strength * squares / 2;
        }
    }
}
