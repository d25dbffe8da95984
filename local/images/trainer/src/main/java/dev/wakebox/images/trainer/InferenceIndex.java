package dev.wakebox.images.trainer;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.PreconditionFailedException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code inference.json} in the bucket's root: which models there are, by token. */
final class InferenceIndex {
    static final String KEY = "inference.json";
    private static final int ATTEMPTS = 20;

    private final ObjectStore objects;

    InferenceIndex(ObjectStore objects) {
        this.objects = objects;
    }

    /** Sets the entry of one run; those of others stay as they are, also when they are written at the same time. */
    void put(String token, Map<String, @Nullable Object> entry) {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try {
                replace(token, entry);
                return;
            } catch (PreconditionFailedException e) {
                // another run was faster: on its file again
            }
        }
        throw new WakeboxException(
                ErrorCode.UNAVAILABLE,
                KEY + " was changed by others in each of " + ATTEMPTS + " attempts to add the model.");
    }

    private void replace(String token, Map<String, @Nullable Object> entry) {
        var index = new LinkedHashMap<String, @Nullable Object>();
        Condition unchanged = new Condition.Absent();
        var present = objects.get(KEY);
        if (present.isPresent()) {
            index.putAll(parse(present.get().body()));
            unchanged = new Condition.Unchanged(present.get().etag());
        }
        index.put(token, entry);
        objects.put(KEY, Json.bytes(index), "application/json", unchanged);
    }

    private static Map<String, @Nullable Object> parse(byte[] json) {
        try {
            return Json.object(json);
        } catch (WakeboxException e) {
            throw new WakeboxException(ErrorCode.INTERNAL, KEY + " cannot be added to: " + e.getMessage(), e);
        }
    }
}
