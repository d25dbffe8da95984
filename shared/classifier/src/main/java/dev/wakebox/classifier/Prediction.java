package dev.wakebox.classifier;

/**
 * The best answer to a question.
 *
 * @param label of the answer, also when the question is off topic
 * @param confidence the probability that the answer is right, given that the question has an answer
 * @param inScope rises with the likelihood that the question has an answer; unbounded
 * @param offTopic whether {@code inScope} is below the classifier's threshold
 */
public record Prediction(String label, double confidence, double inScope, boolean offTopic, Match match) {
    /** How the answer was found. */
    public enum Match {
        /** The question is one that the mentor was asked. */
        EXACT,
        /** The question is a known paraphrase. */
        PARAPHRASE,
        /** The question is close in meaning. */
        CLASSIFIER
    }
}
