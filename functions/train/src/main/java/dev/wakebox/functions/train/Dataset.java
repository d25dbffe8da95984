package dev.wakebox.functions.train;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;

/** What a run learns from: sent along, or put into the bucket before. */
sealed interface Dataset {
    /** The request's field that a dataset's own faults are reported under. */
    String FIELD = "dataset";

    /** A checked CSV of texts and labels. */
    record Texts(byte[] csv, int classes) implements Dataset {
        public Texts {
            requireNonNull(csv, "csv is null");
        }
    }

    /** Checked images by class, each as base64. */
    record Images(Map<String, List<String>> byClass) implements Dataset {
        public Images {
            requireNonNull(byClass, "byClass is null");
        }
    }

    /** An object of the bucket, not looked at yet. */
    record Stored(String key) implements Dataset {
        public Stored {
            requireNonNull(key, "key is null");
        }
    }
}
