package dev.wakebox.classifier;

import static java.util.Objects.requireNonNull;

/**
 * A question with a known answer, from which a classifier learns.
 *
 * @param label of the answer
 */
public record Example(String text, String label, Kind kind) {
    /** The origin of a text; if two texts are equal, the earlier kind takes precedence. */
    public enum Kind {
        /** The question that the mentor was asked. */
        QUESTION,
        /** A paraphrase, or a graded user's question. */
        PARAPHRASE
    }

    public Example {
        requireNonNull(text, "text is null");
        requireNonNull(label, "label is null");
        requireNonNull(kind, "kind is null");
    }
}
