package dev.wakebox.local.compute;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The record of a volume; its bytes are the instance's directory. Guarded by the registry. */
final class Volume implements Filters.Subject {
    final String id;
    final RunRequest.Disk disk;
    final String zone;
    final Instant created;
    final Map<String, String> tags = new TreeMap<>();

    /** Null when it is available. */
    @Nullable
    LocalInstance instance;

    Volume(String id, RunRequest.Disk disk, LocalInstance instance, Instant created) {
        this.id = id;
        this.disk = disk;
        this.zone = instance.request.subnet().zone();
        this.created = created;
        this.instance = instance;
        this.tags.putAll(instance.request.tagsOf("volume"));
    }

    String state() {
        return instance == null ? "available" : "in-use";
    }

    @Override
    public Map<String, String> tags() {
        return tags;
    }

    @Override
    public @Nullable Collection<String> filterable(String name) {
        LocalInstance holder = instance;
        return switch (name) {
            case "volume-id" -> List.of(id);
            case "status" -> List.of(state());
            case "availability-zone" -> List.of(zone);
            case "volume-type" -> List.of(disk.type());
            case "size" -> List.of(String.valueOf(disk.gibibytes()));
            case "attachment.instance-id" -> holder == null ? List.of() : List.of(holder.id);
            case "attachment.device" -> holder == null ? List.of() : List.of(disk.device());
            case "attachment.status" -> holder == null ? List.of() : List.of("attached");
            case "attachment.delete-on-termination" ->
                holder == null ? List.of() : List.of(String.valueOf(disk.deleteOnTermination()));
            default -> null;
        };
    }
}
