package dev.wakebox.classifier;

/** Arithmetic of float vectors, in loops that the JIT compiles well. */
final class Vectors {
    private Vectors() {}

    static float dot(float[] a, float[] b) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        int i = 0;
        for (; i + 3 < a.length; i += 4) {
            s0 += a[i] * b[i];
            s1 += a[i + 1] * b[i + 1];
            s2 += a[i + 2] * b[i + 2];
            s3 += a[i + 3] * b[i + 3];
        }
        for (; i < a.length; i++) {
            s0 += a[i] * b[i];
        }
        return s0 + s1 + (s2 + s3);
    }

    /** The dot product of each row with a vector. */
    static float[] dots(float[][] rows, float[] vector) {
        var dots = new float[rows.length];
        for (int row = 0; row < rows.length; row++) {
            dots[row] = dot(rows[row], vector);
        }
        return dots;
    }

    static void add(float[] what, float factor, float[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] += factor * what[i];
        }
    }

    /** Scales a vector to length 1; a vector of zeros is unchanged. */
    static float[] normalized(float[] vector) {
        float length = (float) Math.sqrt(dot(vector, vector));
        var normalized = new float[vector.length];
        if (length > 0) {
            for (int i = 0; i < vector.length; i++) {
                normalized[i] = vector[i] / length;
            }
        }
        return normalized;
    }

    static void scale(float[] values, float factor) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
    }

    static int highest(float[] values) {
        int highest = 0;
        for (int i = 1; i < values.length; i++) {
            if (values[i] > values[highest]) {
                highest = i;
            }
        }
        return highest;
    }

    /** The logarithm of the sum of {@code exp}, without overflow. */
    static double logSumExp(double[] values) {
        double highest = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            highest = Math.max(highest, value);
        }
        double sum = 0;
        for (double value : values) {
            sum += Math.exp(value - highest);
        }
        return highest + Math.log(sum);
    }

    /** The log-softmax of the values times a factor. */
    static double[] logSoftmax(float[] values, double factor) {
        var logs = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            logs[i] = factor * values[i];
        }
        double total = logSumExp(logs);
        for (int i = 0; i < values.length; i++) {
            logs[i] -= total;
        }
        return logs;
    }
}
