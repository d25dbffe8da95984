package dev.wakebox.images.trainer;

import java.util.Optional;

/** The rule by which the gradient of one mini-batch changes the weights; it may remember earlier gradients. */
sealed interface Optimizer {
    /**
     * Changes the weights from {@code from} up to, but without, {@code to}.
     *
     * @param step number of mini-batches, including this one
     */
    void update(float[] weights, float[] gradient, int from, int to, double rate, int step);

    /** The optimizer of this name for the given number of weights; empty when the name is unknown. */
    static Optional<Optimizer> named(String name, int size) {
        return switch (name) {
            case "sgd" -> Optional.of(new Sgd());
            case "rmsprop" -> Optional.of(new RmsProp(new float[size]));
            case "adam" -> Optional.of(adam(size));
            case "adamw" -> Optional.of(new Adam(new float[size], new float[size], 0.01));
            default -> Optional.empty();
        };
    }

    static Optimizer adam(int size) {
        return new Adam(new float[size], new float[size], 0);
    }

    /** Plain gradient descent. */
    record Sgd() implements Optimizer {
        @Override
        public void update(float[] weights, float[] gradient, int from, int to, double rate, int step) {
            for (int i = from; i < to; i++) {
                weights[i] -= (float) (rate * gradient[i]);
            }
        }
    }

    /** Divides the gradient by a moving average of its size. */
    record RmsProp(float[] squares) implements Optimizer {
        private static final float DECAY = 0.9f;
        private static final double EPSILON = 1e-7;

        @Override
        public void update(float[] weights, float[] gradient, int from, int to, double rate, int step) {
            for (int i = from; i < to; i++) {
                squares[i] = DECAY * squares[i] + (1 - DECAY) * gradient[i] * gradient[i];
                weights[i] -= (float) (rate * gradient[i] / (Math.sqrt(squares[i]) + EPSILON));
            }
        }
    }

    /** Kingma and Ba's Adam; with a weight decay it is AdamW. */
    record Adam(float[] means, float[] squares, double weightDecay) implements Optimizer {
        private static final float BETA1 = 0.9f;
        private static final float BETA2 = 0.999f;
        private static final double EPSILON = 1e-8;

        @Override
        public void update(float[] weights, float[] gradient, int from, int to, double rate, int step) {
            double meanBias = 1 - Math.pow(BETA1, step);
            double squareBias = 1 - Math.pow(BETA2, step);
            for (int i = from; i < to; i++) {
                means[i] = BETA1 * means[i] + (1 - BETA1) * gradient[i];
                squares[i] = BETA2 * squares[i] + (1 - BETA2) * gradient[i] * gradient[i];
                double change = means[i] / meanBias / (Math.sqrt(squares[i] / squareBias) + EPSILON);
                weights[i] -= (float) (rate * (change + weightDecay * weights[i]));
            }
        }
    }
}
