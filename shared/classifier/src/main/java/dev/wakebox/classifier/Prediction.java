package dev.wakebox.classifier;

/**
 * The answer that fits a question best.
 *
 * @param label of the answer, also where the question is off topic
 * @param confidence the probability that it is the right one, given that one of them is
 * @param inScope rises with the likelihood that the question has an answer at all; unbounded
 * @param offTopic whether {@code inScope} is below the classifier's threshold
 */
public record Prediction(String label, double confidence, double inScope, boolean offTopic, Match match) {
    /** How the answer was found. */
    public enum Match {
        /** It is a question that the mentor was asked. */
        EXACT,
        /** It is a known way to ask such a question. */
        PARAPHRASE,
        /** It is close in meaning. */
        CLASSIFIER
    }
}
