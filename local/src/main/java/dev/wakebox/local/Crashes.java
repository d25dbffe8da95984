package dev.wakebox.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wakebox.local.compute.Fault;
import dev.wakebox.local.compute.Faults;
import dev.wakebox.runtime.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The crashes of functions that executions order with the tags of their instance ({@link Fault}), each as often as it
 * says. Thread-safe.
 */
final class Crashes {
    private static final Faults NONE = Faults.ofTags(Map.of());

    private final Map<String, Faults> ofExecutions = new ConcurrentHashMap<>();

    /**
     * Whether the function's process shall die now.
     *
     * @param function its logical id
     * @param event what it was invoked with
     */
    boolean due(String function, byte[] event) {
        String text = new String(event, UTF_8);
        return text.contains(Faults.TAG) && faults(Json.object(event)).crash(function);
    }

    private Faults faults(Map<String, ?> document) {
        if (!(document.get("run") instanceof Map<?, ?> run)
                || !(document.get("instance_parameters") instanceof Map<?, ?> parameters)
                || !(parameters.get("TagSpecifications") instanceof List<?> specifications)) {
            return NONE;
        }
        return ofExecutions.computeIfAbsent(String.valueOf(run.get("id")), _ -> ofTags(specifications));
    }

    private static Faults ofTags(List<?> specifications) {
        var tags = new HashMap<String, String>();
        for (Object specification : specifications) {
            if (specification instanceof Map<?, ?> map && map.get("Tags") instanceof List<?> list) {
                for (Object tag : list) {
                    if (tag instanceof Map<?, ?> pair) {
                        tags.put(String.valueOf(pair.get("Key")), String.valueOf(pair.get("Value")));
                    }
                }
            }
        }
        try {
            return Faults.ofTags(tags);
        } catch (IllegalArgumentException e) {
            return NONE; // RunInstances refuses it with the reason
        }
    }
}
