package dev.wakebox.classifier;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
        try (var memory = Arena.ofConfined();
                var loss = new Loss(centred, labels, classes, stillTime, memory)) {
            var parameters = new float[dimension + 1][classes];
            Lbfgs.minimize(loss, parameters, TOLERANCE, MAX_ITERATIONS);

            float[] bias = loss.bias(parameters);
            float[][] weights = Matrix.transposed(loss.weights(parameters));
            Vectors.add(Vectors.dots(weights, mean), -1, bias);
            return new LogisticRegression(weights, bias);
        }
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
    private static final class Loss implements Lbfgs.Objective, AutoCloseable {
        /** Number of vectors that are handled at once. */
        private static final int BLOCK = 512;

        /** Vectors, each followed by a 1 for the bias, that are handled at once, and the same transposed. */
        private record Block(int from, Matrix vectors, Matrix columns) {
            static Block of(float[][] vectors, int from, Arena memory) {
                float[][] rows = Arrays.stream(vectors, from, Math.min(from + BLOCK, vectors.length))
                        .map(vector -> {
                            float[] row = Arrays.copyOf(vector, vector.length + 1);
                            row[vector.length] = 1;
                            return row;
                        })
                        .toArray(float[][]::new);
                return new Block(from, Matrix.of(rows, memory), Matrix.of(Matrix.transposed(rows), memory));
            }
        }

        private final List<Block> blocks;
        private final int[] labels;
        private final int dimension;
        private final double strength;
        private final float ofBias;
        private final Runnable stillTime;
        private final Matrix whitening;
        private final Matrix whiteningColumns;
        /** Weights and, in the last row, biases. */
        private final Matrix weightsAndBias;

        private final Matrix weightRows;
        /** The gradients of the weights and the bias; between two of them, what whitening multiplies. */
        private final Matrix gradients;

        private final Matrix gradientRows;
        private final Matrix errors;

        Loss(float[][] vectors, int[] labels, int classes, Runnable stillTime, Arena memory) {
            this.labels = labels;
            this.dimension = vectors[0].length;
            this.strength = 1 / (C * vectors.length);
            this.stillTime = stillTime;
            double curvature = CURVATURE / classes;
            this.ofBias = (float) (1 / Math.sqrt(curvature));
            float[][] whitened = Whitening.of(vectors, curvature, strength);
            this.whitening = Matrix.of(whitened, memory);
            this.whiteningColumns = Matrix.of(Matrix.transposed(whitened), memory);
            this.blocks = IntStream.iterate(0, from -> from < vectors.length, from -> from + BLOCK)
                    .mapToObj(from -> Block.of(vectors, from, memory))
                    .toList();
            this.weightsAndBias = new Matrix(dimension + 1, classes, memory);
            this.weightRows = weightsAndBias.first(dimension);
            this.gradients = new Matrix(dimension + 1, classes, memory);
            this.gradientRows = gradients.first(dimension);
            this.errors = new Matrix(BLOCK, classes, memory);
        }

        float[][] weights(float[][] x) {
            gradients.set(x);
            whitening.times(gradientRows, weightRows);
            var weights = new float[dimension][x[0].length];
            weightRows.get(weights);
            return weights;
        }

        float[] bias(float[][] x) {
            var bias = new float[x[dimension].length];
            Vectors.add(x[dimension], ofBias, bias);
            return bias;
        }

        @Override
        public double at(float[][] x, float[][] gradient) {
            float[][] weights = weights(x);
            weightsAndBias.set(dimension, bias(x));
            for (float[] row : gradient) {
                Arrays.fill(row, 0);
            }
            double loss = 0;
            for (Block block : blocks) {
                stillTime.run();
                loss += add(block, gradient);
            }
            // the mean; then the penalty of the weights, as biases have none; then in terms of the parameters
            double squares = 0;
            for (int j = 0; j < dimension; j++) {
                Vectors.scale(gradient[j], 1f / labels.length);
                Vectors.add(weights[j], (float) strength, gradient[j]);
                squares += Vectors.dot(weights[j], weights[j]);
            }
            Vectors.scale(gradient[dimension], ofBias / labels.length);
            gradients.set(gradient);
            whiteningColumns.times(gradientRows, weightRows);
            weightRows.get(Arrays.copyOf(gradient, dimension));
            return loss / labels.length + strength * squares / 2;
        }

        /** Adds the gradient of some vectors, and returns their loss. */
        private double add(Block block, float[][] gradient) {
            int count = block.vectors().rows();
            double loss = 0;
            try (Matrix some = errors.first(count)) {
                block.vectors().softmaxOfProduct(weightsAndBias, some);
                for (int i = 0; i < count; i++) {
                    int label = labels[block.from() + i];
                    float probability = some.get(i, label);
                    loss -= Math.log(Math.max(probability, Float.MIN_NORMAL));
                    some.set(i, label, probability - 1);
                }
                block.columns().times(some, gradients);
            }
            var row = new float[gradient[0].length];
            for (int j = 0; j < gradient.length; j++) {
                gradients.get(j, row);
                Vectors.add(row, 1, gradient[j]);
            }
            return loss;
        }

        @Override
        public void close() {
            Stream.of(whitening, whiteningColumns, weightRows, weightsAndBias, gradientRows, gradients, errors)
                    .forEach(Matrix::close);
            for (Block block : blocks) {
                block.vectors().close();
                block.columns().close();
            }
        }
    }
}
