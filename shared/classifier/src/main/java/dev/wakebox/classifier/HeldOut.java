package dev.wakebox.classifier;

import java.util.List;

/**
 * How a classifier did on held-out examples, in more detail than its {@link Report}: what it confuses, and what its confidences are worth.
 *
 * @param bins ranges of the confidence that have examples, the lowest first
 * @param confusions the pairs of labels that were taken for each other, the most frequent first
 */
public record HeldOut(List<Bin> bins, List<Confusion> confusions) {
    public HeldOut {
        bins = List.copyOf(bins);
        confusions = List.copyOf(confusions);
    }

    /**
     * The examples whose confidence is in one range.
     *
     * @param confidence their mean confidence
     * @param accuracy the share of right answers
     */
    public record Bin(double confidence, double accuracy, int examples) {}

    /** How often examples of one label got another one. */
    public record Confusion(String label, String given, int times) {}
}
