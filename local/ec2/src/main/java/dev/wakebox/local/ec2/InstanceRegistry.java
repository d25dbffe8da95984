package dev.wakebox.local.ec2;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The instances that exist, and their volumes. Its monitor guards their state as well: a caller that reads or changes
 * several values holds it, and so does a caller of the volumes. Thread-safe.
 */
final class InstanceRegistry {
    private static final Pattern INSTANCE_ID = Pattern.compile("i-([0-9a-f]{8}|[0-9a-f]{17})");

    final Volumes volumes = new Volumes();
    private final Map<String, LocalInstance> instances = new LinkedHashMap<>();

    synchronized List<LocalInstance> all() {
        return List.copyOf(instances.values());
    }

    synchronized Optional<LocalInstance> find(String id) {
        return Optional.ofNullable(instances.get(id));
    }

    /** The instances with these ids. Throws EC2's error for ids that don't exist. */
    synchronized List<LocalInstance> require(List<String> ids) {
        ids.stream()
                .filter(id -> !INSTANCE_ID.matcher(id).matches())
                .findFirst()
                .ifPresent(id -> {
                    throw new ApiException("InvalidInstanceID.Malformed", "Invalid id: \"" + id + "\"");
                });
        List<String> unknown =
                ids.stream().filter(id -> !instances.containsKey(id)).toList();
        if (!unknown.isEmpty()) {
            throw new ApiException(
                    "InvalidInstanceID.NotFound",
                    unknown.size() == 1
                            ? "The instance ID '" + unknown.getFirst() + "' does not exist"
                            : "The instance IDs '" + String.join(", ", unknown) + "' do not exist");
        }
        return ids.stream().distinct().flatMap(id -> find(id).stream()).toList();
    }

    LocalInstance require(String id) {
        return require(List.of(id)).getFirst();
    }

    /** The tags of an instance or a volume; empty when it doesn't exist. */
    synchronized Optional<Map<String, String>> tags(String id) {
        return find(id).map(instance -> Map.copyOf(instance.tags))
                .or(() -> volumes.find(id).map(volume -> Tags.map(volume.tags())));
    }

    /** Whether the instance's agent is running. */
    synchronized boolean online(String id) {
        return find(id).filter(instance -> instance.online).isPresent();
    }

    /** Whether Systems Manager sees the instance's agent. */
    synchronized boolean connected(String id) {
        return find(id).filter(LocalInstance::connected).isPresent();
    }

    /** How long a command of that time limit runs on the instance before Systems Manager ends it. */
    synchronized Duration limit(String id, Duration given) {
        return find(id).stream()
                .flatMap(instance -> instance.troubles.stream())
                .filter(trouble -> trouble.kind() == Fault.Kind.COMMAND_LIMIT)
                .map(Fault.Trouble::after)
                .filter(limit -> limit.compareTo(given) < 0)
                .findFirst()
                .orElse(given);
    }

    synchronized void add(LocalInstance instance) {
        instances.put(instance.id, instance);
    }

    synchronized void remove(LocalInstance instance) {
        instances.remove(instance.id);
    }
}
