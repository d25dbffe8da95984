package dev.wakebox.images.trainer;

import org.jspecify.annotations.Nullable;

/**
 * The learning rate of one epoch, with the values from which the next one is computed.
 *
 * @param best the lowest loss so far
 * @param badEpochs number of consecutive epochs without an improvement on {@code best}
 */
record LearningRate(double value, double best, int badEpochs) {
    /** Every {@code stepSize} epochs the rate is multiplied by {@code gamma}. */
    record StepLr(int stepSize, double gamma) {}

    /**
     * The rate is multiplied by {@code factor}, but not below {@code minLr}, when the loss has not improved for more
     * than {@code patience} epochs.
     */
    record ReduceOnPlateau(double factor, int patience, double minLr) {}

    /** A loss within this share of the best one is no improvement. */
    private static final double THRESHOLD = 1e-4;

    /** The rate of the first epoch. */
    static LearningRate initial(double value) {
        return new LearningRate(value, Double.POSITIVE_INFINITY, 0);
    }

    /**
     * The rate of the following epoch.
     *
     * @param epoch that has ended, from 1
     * @param loss at its end
     */
    LearningRate after(int epoch, double loss, @Nullable StepLr step, @Nullable ReduceOnPlateau plateau) {
        double next = step != null && epoch % step.stepSize() == 0 ? value * step.gamma() : value;
        if (loss < best * (1 - THRESHOLD)) {
            return new LearningRate(next, loss, 0);
        }
        if (plateau == null || badEpochs < plateau.patience()) {
            return new LearningRate(next, best, badEpochs + 1);
        }
        double reduced = Math.max(next * plateau.factor(), plateau.minLr());
        return new LearningRate(Math.min(next, reduced), best, 0);
    }
}
