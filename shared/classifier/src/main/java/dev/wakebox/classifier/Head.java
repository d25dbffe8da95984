package dev.wakebox.classifier;

import java.util.Arrays;

/**
 * Scores the classes by the regression, the closest example of each class, and the centre of its examples. Together
 * they are more accurate than each one, above all with few examples.
 */
final class Head {
    /**
     * The scores of a text.
     *
     * @param classes one score per class
     * @param inScope rises with the likelihood that the text belongs to any class
     */
    record Scores(double[] classes, double inScope) {}

    private static final double SHARPNESS = 20;
    private static final double SHARE_OF_CLOSEST = 0.5;
    private static final double SHARE_OF_MIDDLE = 0.5;

    private final LogisticRegression regression;
    private final float[][] vectors;
    private final int[] labels;
    private final float[][] middles;

    /**
     * @param vectors of the examples, each of length 1
     * @param labels the class of each example
     */
    Head(LogisticRegression regression, float[][] vectors, int[] labels) {
        this.regression = regression;
        this.vectors = vectors;
        this.labels = labels;
        this.middles = middles(vectors, labels, regression.bias().length);
    }

    /** @param stillTime called repeatedly; an exception that it throws ends the fit */
    static Head fit(float[][] vectors, int[] labels, int classes, Runnable stillTime) {
        return new Head(LogisticRegression.fit(vectors, labels, classes, stillTime), vectors, labels);
    }

    LogisticRegression regression() {
        return regression;
    }

    float[][] vectors() {
        return vectors;
    }

    int[] labels() {
        return labels;
    }

    Scores score(float[] vector) {
        int classes = regression.bias().length;
        double[] likelihoods = Vectors.logSoftmax(regression.logits(vector));
        var closest = new double[classes];
        Arrays.fill(closest, -1);
        for (int row = 0; row < vectors.length; row++) {
            closest[labels[row]] = Math.max(closest[labels[row]], Vectors.dot(vectors[row], vector));
        }
        double closestOfAll = closest[Vectors.highest(closest)];
        double[] byClosest = sharpened(closest);
        var middle = new double[classes];
        for (int c = 0; c < classes; c++) {
            middle[c] = Vectors.dot(middles[c], vector);
        }
        double[] byMiddle = sharpened(middle);
        var scores = new double[classes];
        for (int c = 0; c < classes; c++) {
            scores[c] = likelihoods[c] + SHARE_OF_CLOSEST * byClosest[c] + SHARE_OF_MIDDLE * byMiddle[c];
        }
        return new Scores(scores, logitOfHighest(likelihoods) + SHARPNESS * closestOfAll);
    }

    private static double[] sharpened(double[] cosines) {
        var sharp = new double[cosines.length];
        for (int c = 0; c < cosines.length; c++) {
            sharp[c] = SHARPNESS * cosines[c];
        }
        return Vectors.logSoftmax(sharp);
    }

    /** The logit of the highest probability; 0 if there is only one class, which is always certain. */
    private static double logitOfHighest(double[] logarithms) {
        if (logarithms.length == 1) {
            return 0;
        }
        int highest = Vectors.highest(logarithms);
        double[] others = logarithms.clone();
        others[highest] = Double.NEGATIVE_INFINITY;
        return logarithms[highest] - Vectors.logSumExp(others);
    }

    private static float[][] middles(float[][] vectors, int[] labels, int classes) {
        var sums = new float[classes][vectors[0].length];
        for (int row = 0; row < vectors.length; row++) {
            for (int j = 0; j < vectors[row].length; j++) {
                sums[labels[row]][j] += vectors[row][j];
            }
        }
        var middles = new float[classes][];
        for (int c = 0; c < classes; c++) {
            middles[c] = Vectors.normalized(sums[c]);
        }
        return middles;
    }
}
