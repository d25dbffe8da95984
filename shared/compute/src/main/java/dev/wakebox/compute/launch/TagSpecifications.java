package dev.wakebox.compute.launch;

import dev.wakebox.runtime.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The {@code TagSpecifications} of a RunInstances request. */
final class TagSpecifications {
    private TagSpecifications() {}

    /** The user's tags on the resources that the user names, and ours on the instance and its volumes. */
    static List<JsonObject> of(List<JsonObject> given, Map<String, String> ours) {
        var tagsOfTypes = new LinkedHashMap<String, JsonObject>();
        for (JsonObject specification : given) {
            JsonObject tags = tagsOfTypes.getOrDefault(specification.asText("ResourceType"), JsonObject.of());
            for (JsonObject tag : specification.objects("Tags")) {
                tags = tags.with(tag.asText("Key"), tag.get("Value"));
            }
            tagsOfTypes.put(specification.asText("ResourceType"), tags);
        }
        var ofVolumes = new LinkedHashMap<>(ours);
        ofVolumes.remove(RunTags.END);
        ofVolumes.remove(RunTags.DELETE_VOLUME);
        tagsOfTypes.put(
                "instance",
                tagsOfTypes.getOrDefault("instance", JsonObject.of()).withAll(ours));
        tagsOfTypes.put(
                "volume", tagsOfTypes.getOrDefault("volume", JsonObject.of()).withAll(ofVolumes));
        return tagsOfTypes.entrySet().stream()
                .map(entry -> JsonObject.of("ResourceType", entry.getKey()).with("Tags", list(entry.getValue())))
                .toList();
    }

    private static List<JsonObject> list(JsonObject tags) {
        return tags.keySet().stream()
                .map(key -> JsonObject.of("Key", key).with("Value", tags.has(key) ? tags.get(key) : ""))
                .toList();
    }
}
