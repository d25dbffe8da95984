package dev.wakebox.classifier;

/**
 * How good a classifier is, measured by 5-fold cross-validation: always on examples that had no part in the training.
 *
 * @param heldOut how many examples were tried; 0 when no answer has two, and then the measures are 0 too
 * @param accuracy the share of them that got their answer
 * @param calibrationError by how much confidences are off that share, on average
 * @param temperature by which scores are divided
 * @param threshold in-scope scores below it are off topic
 */
public record Report(
        int examples,
        int answers,
        int heldOut,
        double accuracy,
        double calibrationError,
        double temperature,
        double threshold) {}
