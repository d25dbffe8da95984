package dev.wakebox.functions.webhookegress;

import static java.util.Objects.requireNonNull;

import dev.wakebox.egress.StoredOutput;

/** The outcome of a webhook. */
sealed interface Outcome {
    /** The output is stored. */
    record Stored(StoredOutput output) implements Outcome {
        public Stored {
            requireNonNull(output, "output is null");
        }
    }

    /** Another delivery or the queue worker stores the output. */
    record Accepted(String id, String message) implements Outcome {
        public Accepted {
            requireNonNull(id, "id is null");
            requireNonNull(message, "message is null");
        }
    }
}
