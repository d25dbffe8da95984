package dev.wakebox.images.trainer;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.PreconditionFailedException;

/** {@code inference.json} in the bucket's root: the inference entry of each model, by token. */
final class InferenceIndex {
    static final String KEY = "inference.json";
    private static final int ATTEMPTS = 20;

    private final ObjectStore objects;

    InferenceIndex(ObjectStore objects) {
        this.objects = objects;
    }

    /**
     * Writes the entry of one run. Entries of other runs are kept, also with concurrent writers.
     *
     * @param entry is written as a JSON object
     */
    void put(String token, Object entry) {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try {
                replace(token, entry);
                return;
            } catch (PreconditionFailedException e) {
                // another run wrote first; read its file again
            }
        }
        throw new WakeboxException(
                ErrorCode.UNAVAILABLE,
                KEY + " was changed by others in each of " + ATTEMPTS + " attempts to add the model.");
    }

    private void replace(String token, Object entry) {
        var index = JsonObject.of();
        Condition unchanged = new Condition.Absent();
        var present = objects.get(KEY);
        if (present.isPresent()) {
            index = parse(present.get().body());
            unchanged = new Condition.Unchanged(present.get().etag());
        }
        objects.put(KEY, Json.bytes(index.with(token, entry)), "application/json", unchanged);
    }

    private static JsonObject parse(byte[] json) {
        try {
            return Json.object(json);
        } catch (WakeboxException e) {
            throw new WakeboxException(ErrorCode.INTERNAL, KEY + " cannot be added to: " + e.getMessage(), e);
        }
    }
}
