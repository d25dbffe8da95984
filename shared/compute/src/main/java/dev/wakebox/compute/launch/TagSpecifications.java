package dev.wakebox.compute.launch;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The {@code TagSpecifications} of a RunInstances request. A tag that {@code instance_parameters} give for a resource comes before a common
 * one with its key.
 *
 * @param common the tags of everything that the launch creates
 * @param ours the tags of Wakebox, on the instance and its volumes
 * @param spot whether the launch creates a spot request
 */
record TagSpecifications(Map<String, String> common, Map<String, String> ours, boolean spot) {
    private static final String INSTANCE = "instance";
    private static final String VOLUME = "volume";
    private static final String OF_WAKEBOX = "wakebox:";

    TagSpecifications {
        requireNonNull(common, "common is null");
        requireNonNull(ours, "ours is null");
    }

    List<JsonObject> of(JsonObject request) {
        var tagsOfTypes = new LinkedHashMap<String, JsonObject>();
        for (JsonObject specification : request.objects("TagSpecifications")) {
            JsonObject tags = tagsOfTypes.getOrDefault(specification.asText("ResourceType"), JsonObject.of());
            for (JsonObject tag : specification.objects("Tags")) {
                tags = tags.with(tag.asText("Key"), tag.get("Value"));
            }
            tagsOfTypes.put(specification.asText("ResourceType"), tags);
        }
        // The volumes are on the same bill; many users tag only the instance.
        tagsOfTypes.putIfAbsent(VOLUME, withoutOurs(tagsOfTypes.getOrDefault(INSTANCE, JsonObject.of())));
        if (!common.isEmpty()) {
            addCommon(tagsOfTypes, INSTANCE);
            addCommon(tagsOfTypes, VOLUME);
            if (createsInterfaces(request)) {
                addCommon(tagsOfTypes, "network-interface");
            }
            if (spot) {
                addCommon(tagsOfTypes, "spot-instances-request");
            }
        }
        var ofVolumes = new LinkedHashMap<>(ours);
        ofVolumes.remove(RunTags.END);
        ofVolumes.remove(RunTags.DELETE_VOLUME);
        tagsOfTypes.put(
                INSTANCE, tagsOfTypes.getOrDefault(INSTANCE, JsonObject.of()).withAll(ours));
        tagsOfTypes.put(
                VOLUME, tagsOfTypes.getOrDefault(VOLUME, JsonObject.of()).withAll(ofVolumes));
        return tagsOfTypes.entrySet().stream()
                .map(entry -> JsonObject.of("ResourceType", entry.getKey()).with("Tags", list(entry.getValue())))
                .toList();
    }

    private void addCommon(Map<String, JsonObject> tagsOfTypes, String type) {
        tagsOfTypes.merge(type, JsonObject.copyOf(common), (given, added) -> added.withAll(given));
    }

    private static JsonObject withoutOurs(JsonObject tags) {
        JsonObject others = tags;
        for (String key : tags.keySet()) {
            others = key.startsWith(OF_WAKEBOX) ? others.without(key) : others;
        }
        return others;
    }

    /** EC2 tags only the network interfaces that the launch creates. */
    private static boolean createsInterfaces(JsonObject request) {
        return request.objects("NetworkInterfaces").stream().noneMatch(card -> card.has("NetworkInterfaceId"));
    }

    private static List<JsonObject> list(JsonObject tags) {
        return tags.keySet().stream()
                .map(key -> JsonObject.of("Key", key).with("Value", tags.has(key) ? tags.get(key) : ""))
                .toList();
    }
}
