package dev.wakebox.local.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wakebox.local.ec2.Fault;
import dev.wakebox.local.ec2.Faults;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes functions crash as executions request with the tags of their instance ({@link Fault}), each the given number of
 * times. Thread-safe.
 */
final class Crashes {
    private static final Faults NONE = Faults.ofTags(Map.of());

    private final Map<String, Faults> ofExecutions = new ConcurrentHashMap<>();

    /**
     * Whether the function's process must crash now.
     *
     * @param function its logical id
     * @param event with which it was invoked
     */
    boolean due(String function, byte[] event) {
        String text = new String(event, UTF_8);
        return text.contains(Faults.TAG) && faults(Json.object(event)).crash(function);
    }

    private Faults faults(JsonObject document) {
        var tags = new HashMap<String, String>();
        for (JsonObject specification : document.object("instance_parameters").objects("TagSpecifications")) {
            specification
                    .objects("Tags")
                    .forEach(tag -> tags.put(String.valueOf(tag.get("Key")), String.valueOf(tag.get("Value"))));
        }
        return document.hasObject("run") && !tags.isEmpty()
                ? ofExecutions.computeIfAbsent(document.object("run").text("id"), _ -> ofTags(tags))
                : NONE;
    }

    private static Faults ofTags(Map<String, String> tags) {
        try {
            return Faults.ofTags(tags);
        } catch (IllegalArgumentException e) {
            return NONE; // RunInstances refuses the tag and gives the reason
        }
    }
}
