package dev.wakebox.status;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;

/**
 * The objects that the functions and the trainer exchange. {@code train} writes the training order of a run, and the
 * trainer deletes it when the run is over.
 */
public final class TrainingJobFile {
    /** The key of the training order. */
    public static final String KEY = "training/training.json";

    /** The object that a trainer rewrites repeatedly while it works. */
    public static final String HEARTBEAT_KEY = "training/heartbeat";

    /** The trainers' results: an entry for each run that has left a model, by its token. */
    public static final String RESULTS_KEY = "inference.json";

    private TrainingJobFile() {}

    /** Whether this is the training order of the run with the token. */
    public static boolean isOf(String token, byte[] order) {
        try {
            return Json.object(order).asText("token").equals(token);
        } catch (WakeboxException e) {
            return false; // no training order of ours
        }
    }
}
