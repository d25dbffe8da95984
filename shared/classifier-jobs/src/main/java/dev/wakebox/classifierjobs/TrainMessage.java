package dev.wakebox.classifierjobs;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import org.jspecify.annotations.Nullable;

/** A message in the queue of trainings. */
public sealed interface TrainMessage {
    /**
     * Begins a training.
     *
     * @param authorization the header of the caller on whose behalf the worker reads the training data
     * @param origin of the caller's page
     */
    record Train(
            String id,
            @Nullable String authorization,
            @Nullable String origin) implements TrainMessage {
        public Train {
            requireNonNull(id, "id is null");
        }

        /** Omits the token. */
        @Override
        public String toString() {
            return "Train[id=" + id + "]";
        }
    }

    /**
     * Checks a training after its worker's time.
     *
     * @param watch the training's id
     */
    record Check(
            String watch,
            @Nullable String authorization,
            @Nullable String origin) implements TrainMessage {
        public Check {
            requireNonNull(watch, "watch is null");
        }

        /** Omits the token. */
        @Override
        public String toString() {
            return "Check[watch=" + watch + "]";
        }
    }

    /** Starts a worker without a training, so that the next training needs no cold start. */
    record Ping(boolean ping) implements TrainMessage {}

    /**
     * Reads a message.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} when it has no id of a training
     */
    static TrainMessage of(JsonObject message) {
        if (message.isTrue("ping")) {
            return new Ping(true);
        }
        String authorization = header(message, "authorization");
        String origin = header(message, "origin");
        if (message.optionalText("watch").isPresent()) {
            return new Check(message.text("watch"), authorization, origin);
        }
        if (message.text("id").isEmpty()) {
            throw WakeboxException.invalidField("id", "The message has no id of a training.");
        }
        return new Train(message.text("id"), authorization, origin);
    }

    private static @Nullable String header(JsonObject message, String name) {
        return message.text(name).isEmpty() ? null : message.text(name);
    }
}
