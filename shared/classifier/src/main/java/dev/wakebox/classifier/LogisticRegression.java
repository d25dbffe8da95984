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

    /** Length of the gradient at the end, relative to the start: an absolute one ends at once with many classes. */
    private static final double TOLERANCE = 0.01;

    private static final int MAX_ITERATIONS = 200;

    /** Of the loss in the scores of a class, times the number of classes; half of that at the start. */
    private static final double CURVATURE = 0.5;

    /**
     * @param labels the class of each vector, from 0 up to, but without, {@code classes}
     * @param stillTime called repeatedly; an exception that it throws ends the fit
     */
    static LogisticRegression fit(float[][] vectors, int[] labels, int classes, Runnable stillTime) {
        int dimension = vectors[0].length;
        // sentence vectors lie close together; relative to their mean, the problem is far better conditioned
        float[] mean = mean(vectors);
        var centred = new float[vectors.length][];
        for (int row = 0; row < vectors.length; row++) {
            centred[row] = vectors[row].clone();
            Vectors.add(mean, -1, centred[row]);
        }
        var loss = new Loss(centred, labels, classes, stillTime);
        var parameters = new float[dimension + 1][classes];
        Lbfgs.minimize(loss, parameters, TOLERANCE, MAX_ITERATIONS);

        float[] bias = loss.bias(parameters);
        float[][] weights = Matrices.transposed(loss.weights(parameters));
        Vectors.add(Vectors.dots(weights, mean), -1, bias);
        return new LogisticRegression(weights, bias);
    }

    /** One score per class; {@code exp} of it is proportional to the probability of the class. */
    float[] logits(float[] vector) {
        float[] logits = Vectors.dots(weights, vector);
        Vectors.add(bias, 1, logits);
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
     * Mean cross-entropy plus the penalty of the weights. The parameters are one row of {@code classes} numbers per
     * dimension, which whitening turns into weights, and a last row for the biases.
     */
    private static final class Loss implements Lbfgs.Objective {
        /** Number of vectors that are handled at once: more would not stay in the processor's caches. */
        private static final int BLOCK = 32;

        private final float[][] vectors;
        private final int[] labels;
        private final int dimension;
        private final double strength;
        private final float[][] whitening;
        private final float[][] whiteningTransposed;
        private final float ofBias;
        private final Runnable stillTime;

        Loss(float[][] vectors, int[] labels, int classes, Runnable stillTime) {
            this.vectors = vectors;
            this.labels = labels;
            this.dimension = vectors[0].length;
            this.strength = 1 / (C * vectors.length);
            double curvature = CURVATURE / classes;
            this.whitening = Whitening.of(vectors, curvature, strength);
            this.whiteningTransposed = Matrices.transposed(whitening);
            this.ofBias = (float) (1 / Math.sqrt(curvature));
            this.stillTime = stillTime;
        }

        float[][] weights(float[][] x) {
            return Matrices.product(whitening, Arrays.copyOf(x, dimension));
        }

        float[] bias(float[][] x) {
            var bias = new float[x[dimension].length];
            Vectors.add(x[dimension], ofBias, bias);
            return bias;
        }

        @Override
        public double at(float[][] x, float[][] gradient) {
            float[][] weights = weights(x);
            float[] bias = bias(x);
            var ofWeights = new float[dimension][bias.length];
            var ofBiases = new float[bias.length];
            double loss = 0;
            for (int from = 0; from < vectors.length; from += BLOCK) {
                stillTime.run();
                float[][] block = Arrays.copyOfRange(vectors, from, Math.min(from + BLOCK, vectors.length));
                float[][] errors = Matrices.product(block, weights);
                for (int i = 0; i < block.length; i++) {
                    Vectors.add(bias, 1, errors[i]);
                    loss += error(errors[i], labels[from + i]);
                    Vectors.add(errors[i], 1, ofBiases);
                }
                Matrices.addProduct(Matrices.transposed(block), errors, ofWeights);
            }
            // the mean; then the penalty of the weights, as biases have none; then in terms of the parameters
            double squares = 0;
            for (int j = 0; j < dimension; j++) {
                Vectors.scale(ofWeights[j], 1f / vectors.length);
                Vectors.add(weights[j], (float) strength, ofWeights[j]);
                squares += Vectors.dot(weights[j], weights[j]);
            }
            for (float[] row : gradient) {
                Arrays.fill(row, 0);
            }
            Matrices.addProduct(whiteningTransposed, ofWeights, gradient);
            Vectors.add(ofBiases, ofBias / vectors.length, gradient[dimension]);
            return loss / vectors.length + strength * squares / 2;
        }

        /** The loss of one vector; turns its logits into the differences between probabilities and label. */
        private static double error(float[] logits, int label) {
            float highest = logits[Vectors.highest(logits)];
            float own = logits[label] - highest;
            float sum = Vectors.exp(logits, highest);
            Vectors.scale(logits, 1 / sum);
            logits[label] -= 1;
            return Math.log(sum) - own;
        }
    }
}
