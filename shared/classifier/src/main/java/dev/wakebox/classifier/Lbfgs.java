package dev.wakebox.classifier;

import java.util.ArrayDeque;

/** L-BFGS: minimises a smooth convex function of many variables. */
final class Lbfgs {
    /** The function to minimise. */
    interface Objective {
        /** Returns the value at {@code x} and writes the gradient into {@code gradient}. */
        double at(float[] x, float[] gradient);
    }

    private record Step(float[] move, float[] change, double product) {}

    private static final int MEMORY = 10;
    private static final double SUFFICIENT_DECREASE = 1e-4;
    private static final int HALVINGS = 20;

    private Lbfgs() {}

    /**
     * Moves {@code x} to the minimum.
     *
     * @param tolerance the largest absolute component of the gradient at which it ends
     */
    static void minimize(Objective objective, float[] x, double tolerance, int maxIterations) {
        var steps = new ArrayDeque<Step>();
        var gradient = new float[x.length];
        var next = new float[x.length];
        var nextGradient = new float[x.length];
        double value = objective.at(x, gradient);
        for (int iteration = 0; iteration < maxIterations && largest(gradient) > tolerance; iteration++) {
            float[] direction = direction(gradient, steps);
            double slope = dot(direction, gradient);
            if (slope >= 0) {
                steps.clear();
                direction = direction(gradient, steps);
                slope = dot(direction, gradient);
            }
            double length = steps.isEmpty() ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
            double nextValue = Double.POSITIVE_INFINITY;
            for (int halving = 0; halving < HALVINGS; halving++) {
                for (int i = 0; i < x.length; i++) {
                    next[i] = (float) (x[i] + length * direction[i]);
                }
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
            System.arraycopy(next, 0, x, 0, x.length);
            System.arraycopy(nextGradient, 0, gradient, 0, x.length);
            value = nextValue;
        }
    }

    private static void remember(
            ArrayDeque<Step> steps, float[] x, float[] next, float[] gradient, float[] nextGradient) {
        var move = new float[x.length];
        var change = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            move[i] = next[i] - x[i];
            change[i] = nextGradient[i] - gradient[i];
        }
        double product = dot(move, change);
        if (product > 0) {
            if (steps.size() == MEMORY) {
                steps.removeFirst();
            }
            steps.addLast(new Step(move, change, product));
        }
    }

    private static float[] direction(float[] gradient, ArrayDeque<Step> steps) {
        var direction = new float[gradient.length];
        for (int i = 0; i < gradient.length; i++) {
            direction[i] = -gradient[i];
        }
        var shares = new ArrayDeque<Double>();
        for (Step step : steps.reversed()) {
            double share = dot(step.move(), direction) / step.product();
            add(direction, -share, step.change());
            shares.addFirst(share);
        }
        if (!steps.isEmpty()) {
            Step last = steps.getLast();
            double scale = last.product() / dot(last.change(), last.change());
            for (int i = 0; i < direction.length; i++) {
                direction[i] *= (float) scale;
            }
        }
        for (Step step : steps) {
            double share = dot(step.change(), direction) / step.product();
            add(direction, shares.removeFirst() - share, step.move());
        }
        return direction;
    }

    private static void add(float[] to, double factor, float[] what) {
        float f = (float) factor;
        for (int i = 0; i < to.length; i++) {
            to[i] += f * what[i];
        }
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    private static double largest(float[] values) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}
