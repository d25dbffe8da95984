package dev.wakebox.functions.runsapi;

import dev.wakebox.runtime.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * Changes a JSON object: the patch's values replace those of the object, null removes a field, and objects are merged.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7396">RFC 7396, JSON Merge Patch</a>
 */
final class MergePatch {
    private MergePatch() {}

    /** The object with the patch applied. */
    static JsonObject applied(JsonObject object, JsonObject patch) {
        JsonObject merged = object;
        for (String key : patch.keySet()) {
            Object value = patch.get(key);
            merged = value == null ? merged.without(key) : merged.with(key, value(object.object(key), value));
        }
        return merged;
    }

    private static @Nullable Object value(JsonObject before, Object value) {
        return JsonObject.from(value)
                .<Object>map(patch -> applied(before, patch))
                .orElse(value);
    }
}
