package dev.wakebox.classifier;

import static java.util.Objects.requireNonNull;

/**
 * A question whose answer is known: what a classifier learns from.
 *
 * @param label of the answer
 */
public record Example(String text, String label, Kind kind) {
    /** Where the text comes from; earlier ones win where two are the same question. */
    public enum Kind {
        /** The question as it was put to the mentor. */
        QUESTION,
        /** Another way to ask it, or a user's question that an editor has given its answer. */
        PARAPHRASE
    }

    public Example {
        requireNonNull(text, "text is null");
        requireNonNull(label, "label is null");
        requireNonNull(kind, "kind is null");
    }
}
