package dev.wakebox.functions.train;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;

/** The dataset of a run: in the request, or uploaded to the bucket before. */
sealed interface Dataset {
    /** The request's field in errors about the content of a dataset. */
    String FIELD = "dataset";

    /**
     * Texts and labels that satisfy every rule.
     *
     * @param csv UTF-8, separated by commas, with the columns {@code input} and {@code label} in this order
     * @param classes number of labels
     * @param leftOut rows of the caller's file that had no input or no label
     */
    record Texts(byte[] csv, int classes, int leftOut) implements Dataset {
        public Texts {
            requireNonNull(csv, "csv is null");
        }
    }

    /** Validated images by class, each as base64. */
    record Images(Map<String, List<String>> byClass) implements Dataset {
        public Images {
            requireNonNull(byClass, "byClass is null");
        }
    }

    /** An object of the bucket that has not been read yet. */
    record Stored(String key) implements Dataset {
        public Stored {
            requireNonNull(key, "key is null");
        }
    }
}
