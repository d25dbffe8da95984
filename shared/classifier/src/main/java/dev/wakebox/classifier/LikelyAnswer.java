package dev.wakebox.classifier;

/**
 * An answer that a question may have.
 *
 * @param label of the answer
 * @param confidence the probability that it is right, given that the question has an answer; those of all answers add up to 1
 */
public record LikelyAnswer(String label, double confidence) {}
