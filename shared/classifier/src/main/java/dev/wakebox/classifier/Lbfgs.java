package dev.wakebox.classifier;

import java.util.ArrayDeque;

/** L-BFGS: minimises a smooth convex function of many variables, which are given as rows of the same length. */
final class Lbfgs {
    /** The function to minimise. */
    interface Objective {
        /** Returns the value at {@code x} and writes the gradient into {@code gradient}. */
        double at(float[][] x, float[][] gradient);
    }

    private record Step(float[][] move, float[][] change, double product) {}

    private static final int MEMORY = 10;
    private static final double SUFFICIENT_DECREASE = 1e-4;
    private static final int HALVINGS = 20;

    private Lbfgs() {}

    /**
     * Moves {@code x} to the minimum.
     *
     * @param tolerance the length of the gradient, relative to that at the start, at which it ends
     */
    static void minimize(Objective objective, float[][] x, double tolerance, int maxIterations) {
        var steps = new ArrayDeque<Step>();
        float[][] gradient = zeros(x);
        float[][] next = zeros(x);
        float[][] nextGradient = zeros(x);
        double value = objective.at(x, gradient);
        double end = tolerance * length(gradient);
        for (int iteration = 0; iteration < maxIterations && length(gradient) > end; iteration++) {
            float[][] direction = direction(gradient, steps);
            double slope = dot(direction, gradient);
            if (slope >= 0) {
                steps.clear();
                direction = direction(gradient, steps);
                slope = dot(direction, gradient);
            }
            double length = 1;
            double nextValue = Double.POSITIVE_INFINITY;
            for (int halving = 0; halving < HALVINGS; halving++) {
                copy(x, next);
                add(direction, length, next);
                nextValue = objective.at(next, nextGradient);
                if (nextValue <= value + SUFFICIENT_DECREASE * length * slope) {
                    break;
                }
                length /= 2;
            }
            if (nextValue >= value) {
                return; // the limit of float precision
            }
            remember(steps, x, next, gradient, nextGradient);
            copy(next, x);
            copy(nextGradient, gradient);
            value = nextValue;
        }
    }

    private static void remember(
            ArrayDeque<Step> steps, float[][] x, float[][] next, float[][] gradient, float[][] nextGradient) {
        float[][] move = difference(next, x);
        float[][] change = difference(nextGradient, gradient);
        double product = dot(move, change);
        if (product > 0) {
            if (steps.size() == MEMORY) {
                steps.removeFirst();
            }
            steps.addLast(new Step(move, change, product));
        }
    }

    private static float[][] direction(float[][] gradient, ArrayDeque<Step> steps) {
        float[][] direction = zeros(gradient);
        add(gradient, -1, direction);
        var shares = new ArrayDeque<Double>();
        for (Step step : steps.reversed()) {
            double share = dot(step.move(), direction) / step.product();
            add(step.change(), -share, direction);
            shares.addFirst(share);
        }
        if (!steps.isEmpty()) {
            Step last = steps.getLast();
            double scale = last.product() / dot(last.change(), last.change());
            for (float[] row : direction) {
                Vectors.scale(row, (float) scale);
            }
        }
        for (Step step : steps) {
            double share = dot(step.change(), direction) / step.product();
            add(step.move(), shares.removeFirst() - share, direction);
        }
        return direction;
    }

    private static float[][] zeros(float[][] like) {
        return new float[like.length][like[0].length];
    }

    private static void copy(float[][] from, float[][] to) {
        for (int row = 0; row < to.length; row++) {
            System.arraycopy(from[row], 0, to[row], 0, to[row].length);
        }
    }

    private static float[][] difference(float[][] a, float[][] b) {
        float[][] difference = zeros(a);
        copy(a, difference);
        add(b, -1, difference);
        return difference;
    }

    private static void add(float[][] what, double factor, float[][] to) {
        for (int row = 0; row < to.length; row++) {
            Vectors.add(what[row], (float) factor, to[row]);
        }
    }

    private static double dot(float[][] a, float[][] b) {
        double sum = 0;
        for (int row = 0; row < a.length; row++) {
            sum += Vectors.dot(a[row], b[row]);
        }
        return sum;
    }

    private static double length(float[][] rows) {
        return Math.sqrt(dot(rows, rows));
    }
}
