package dev.wakebox.classifier;

import java.lang.foreign.Arena;

/**
 * A change of variables for the regression. In the new ones, the loss is about as steep in each direction, so that
 * L-BFGS needs fewer steps. The minimum is the same.
 */
final class Whitening {
    private Whitening() {}

    /**
     * The matrix that turns new weights into weights.
     *
     * @param vectors relative to their mean
     * @param curvature of the loss in the scores of a class
     * @param strength of the penalty of the weights
     */
    static float[][] of(float[][] vectors, double curvature, double strength) {
        int dimension = vectors[0].length;
        float[][] products;
        try (var memory = Arena.ofConfined();
                var columns = Matrix.of(Matrix.transposed(vectors), memory);
                var rows = Matrix.of(vectors, memory)) {
            products = columns.times(rows);
        }
        var hessian = new double[dimension][dimension];
        for (int i = 0; i < dimension; i++) {
            for (int j = 0; j < dimension; j++) {
                hessian[i][j] = curvature * products[i][j] / vectors.length + (i == j ? strength : 0);
            }
        }
        double[][] inverse = inverse(cholesky(hessian));
        var whitening = new float[dimension][dimension];
        for (int i = 0; i < dimension; i++) {
            for (int j = 0; j < dimension; j++) {
                whitening[j][i] = (float) inverse[i][j];
            }
        }
        return whitening;
    }

    /** The lower triangular matrix whose product with its transpose is the given one. */
    private static double[][] cholesky(double[][] matrix) {
        var lower = new double[matrix.length][matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j <= i; j++) {
                double rest = matrix[i][j];
                for (int k = 0; k < j; k++) {
                    rest -= lower[i][k] * lower[j][k];
                }
                lower[i][j] = i == j ? Math.sqrt(rest) : rest / lower[j][j];
            }
        }
        return lower;
    }

    /** The inverse of a lower triangular matrix. */
    private static double[][] inverse(double[][] lower) {
        var inverse = new double[lower.length][lower.length];
        for (int i = 0; i < lower.length; i++) {
            inverse[i][i] = 1;
            for (int k = 0; k < i; k++) {
                for (int j = 0; j <= k; j++) {
                    inverse[i][j] -= lower[i][k] * inverse[k][j];
                }
            }
            for (int j = 0; j <= i; j++) {
                inverse[i][j] /= lower[i][i];
            }
        }
        return inverse;
    }
}
