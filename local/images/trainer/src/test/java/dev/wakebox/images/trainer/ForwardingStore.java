package dev.wakebox.images.trainer;

import dev.wakebox.storage.Condition;
import dev.wakebox.storage.ObjectInfo;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.StoredObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A store that a test can interfere with, and that remembers what was changed. */
class ForwardingStore implements ObjectStore {
    private final ObjectStore objects;
    private final List<String> changes = new ArrayList<>();

    ForwardingStore(ObjectStore objects) {
        this.objects = objects;
    }

    /** In order: {@code put key}, {@code delete key}. */
    List<String> changes() {
        return changes;
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
