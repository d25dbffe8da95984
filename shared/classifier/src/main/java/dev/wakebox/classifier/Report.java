package dev.wakebox.classifier;

/**
 * The quality of a classifier, measured by five-fold cross-validation on held-out examples.
 *
 * @param heldOut number of held-out examples; if no answer has two, it is 0 and the measures are 0
 * @param accuracy share of them that got the right answer
 * @param calibrationError mean difference between confidence and that share
 * @param temperature divisor of the scores
 * @param threshold questions with a lower in-scope score are off topic
 */
public record Report(
        int examples,
        int answers,
        int heldOut,
        double accuracy,
        double calibrationError,
        double temperature,
        double threshold) {}
