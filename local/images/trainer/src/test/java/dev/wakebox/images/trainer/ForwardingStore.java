package dev.wakebox.images.trainer;

import dev.wakebox.storage.Condition;
import dev.wakebox.storage.ObjectInfo;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.StoredObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A store whose operations a test can change, and that records the changes. */
class ForwardingStore implements ObjectStore {
    private final ObjectStore objects;
    private static final String HEARTBEAT = "put training/heartbeat";

    private final List<String> changes = new ArrayList<>();

    ForwardingStore(ObjectStore objects) {
        this.objects = objects;
    }

    /** The changes in their order: {@code put key}, {@code delete key}; without heartbeats. */
    List<String> changes() {
        return changes.stream().filter(change -> !change.equals(HEARTBEAT)).toList();
    }

    /** Number of heartbeats. */
    long heartbeats() {
        return changes.stream().filter(HEARTBEAT::equals).count();
    }

    @Override
    public Optional<StoredObject> get(String key) {
        return objects.get(key);
    }

    @Override
    public Optional<ObjectInfo> head(String key) {
        return objects.head(key);
    }

    @Override
    public String put(String key, byte[] body, String contentType, Condition condition) {
        String etag = objects.put(key, body, contentType, condition);
        changes.add("put " + key);
        return etag;
    }

    @Override
    public void delete(String key) {
        objects.delete(key);
        changes.add("delete " + key);
    }

    @Override
    public void delete(String key, Condition.Unchanged condition) {
        objects.delete(key, condition);
        changes.add("delete " + key);
    }
}
