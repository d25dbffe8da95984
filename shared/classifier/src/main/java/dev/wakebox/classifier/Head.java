package dev.wakebox.classifier;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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
    record Scores(float[] classes, double inScope) {}

    /** Texts that are scored at once. */
    private static final int BLOCK = 32;

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
        return score(regression.logits(vector), Vectors.dots(vectors, vector), Vectors.dots(middles, vector));
    }

    /**
     * The scores of many texts, by products of matrices.
     *
     * @param stillTime called repeatedly; an exception that it throws ends the work
     */
    List<Scores> scores(List<float[]> texts, Runnable stillTime) {
        var scores = new ArrayList<Scores>(texts.size());
        try (var memory = Arena.ofConfined();
                var weights = Matrix.of(Matrix.transposed(regression.weights()), memory);
                var columns = Matrix.of(Matrix.transposed(vectors), memory);
                var middleColumns = Matrix.of(Matrix.transposed(middles), memory)) {
            for (int from = 0; from < texts.size(); from += BLOCK) {
                stillTime.run();
                float[][] rows = texts.subList(from, Math.min(from + BLOCK, texts.size()))
                        .toArray(float[][]::new);
                try (var ofBlock = Arena.ofConfined();
                        var block = Matrix.of(rows, ofBlock)) {
                    float[][] logits = block.times(weights);
                    float[][] cosines = block.times(columns);
                    float[][] toMiddles = block.times(middleColumns);
                    for (int i = 0; i < rows.length; i++) {
                        Vectors.add(regression.bias(), 1, logits[i]);
                        scores.add(score(logits[i], cosines[i], toMiddles[i]));
                    }
                }
            }
        }
        return scores;
    }

    private Scores score(float[] logits, float[] cosines, float[] toMiddles) {
        double[] likelihoods = Vectors.logSoftmax(logits, 1);
        var closest = new float[logits.length];
        Arrays.fill(closest, -1);
        for (int row = 0; row < cosines.length; row++) {
            closest[labels[row]] = Math.max(closest[labels[row]], cosines[row]);
        }
        double[] byClosest = Vectors.logSoftmax(closest, SHARPNESS);
        double[] byMiddle = Vectors.logSoftmax(toMiddles, SHARPNESS);
        var scores = new float[logits.length];
        for (int c = 0; c < scores.length; c++) {
            scores[c] = (float) (likelihoods[c] + SHARE_OF_CLOSEST * byClosest[c] + SHARE_OF_MIDDLE * byMiddle[c]);
        }
        double inScope =
                logitOfHighest(likelihoods, Vectors.highest(logits)) + SHARPNESS * closest[Vectors.highest(closest)];
        return new Scores(scores, inScope);
    }

    /** The logit of the highest probability; 0 if there is only one class, which is always certain. */
    private static double logitOfHighest(double[] logarithms, int highest) {
        if (logarithms.length == 1) {
            return 0;
        }
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
