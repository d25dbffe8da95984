package dev.wakebox.storage;

import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A bucket in memory, with S3's rules for conditional writes, and failures on request. Thread-safe. */
public final class InMemoryObjectStore implements SearchableObjectStore, CachedReads, HeadReads, TailReads {
    private record Entry(StoredObject object, ObjectInfo info, String contentType) {}

    private final Map<String, Entry> objects = new LinkedHashMap<>();
    private final Map<String, Deque<StoredObject>> former = new LinkedHashMap<>();
    private final Map<String, WakeboxException> failures = new LinkedHashMap<>();
    private final Clock clock;
    private long version;
    private int downloads;

    public InMemoryObjectStore(Clock clock) {
        this.clock = clock;
    }

    /**
     * From now on this operation ({@code get}, {@code head}, {@code put}, {@code delete}; {@code list} on a prefix or a
     * key) on this key fails.
     */
    public synchronized void failOn(String operation, String key, WakeboxException failure) {
        failures.put(operation + " " + key, failure);
    }

    /** Ends all failures. */
    public synchronized void mend() {
        failures.clear();
    }

    @Override
    public synchronized Optional<StoredObject> get(String key) {
        failIfAsked("get", key);
        return Optional.ofNullable(objects.get(key)).map(Entry::object);
    }

    @Override
    public synchronized Read get(String key, @Nullable String etag) {
        Optional<StoredObject> present = get(key);
        if (present.isEmpty()) {
            return new Read.Absent();
        }
        if (present.get().etag().equals(etag)) {
            return new Read.Unchanged();
        }
        downloads++;
        return new Read.Changed(present.get());
    }

    @Override
    public synchronized Optional<Beginning> beginning(String key, int length) {
        failIfAsked("get", key);
        return Optional.ofNullable(objects.get(key))
                .map(entry -> new Beginning(
                        Arrays.copyOf(
                                entry.object().body(),
                                Math.min(length, entry.object().body().length)),
                        entry.contentType()));
    }

    @Override
    public synchronized Optional<byte[]> tail(String key, int length) {
        return get(key).map(StoredObject::body)
                .map(body -> Arrays.copyOfRange(body, Math.max(0, body.length - length), body.length));
    }

    @Override
    public synchronized Stream<StoredObject> former(String key) {
        failIfAsked("list", key);
        return List.copyOf(former.getOrDefault(key, new ArrayDeque<>())).stream();
    }

    /** How often bytes were read into memory. */
    public synchronized int downloads() {
        return downloads;
    }

    @Override
    public synchronized Optional<ObjectInfo> head(String key) {
        failIfAsked("head", key);
        return Optional.ofNullable(objects.get(key)).map(Entry::info);
    }

    @Override
    public synchronized Optional<String> firstKey(String prefix, Predicate<String> wanted) {
        failIfAsked("list", prefix);
        return objects.keySet().stream()
                .filter(key -> key.startsWith(prefix))
                .sorted()
                .filter(wanted)
                .findFirst();
    }

    @Override
    public synchronized String put(String key, byte[] body, String contentType, Condition condition) {
        failIfAsked("put", key);
        @Nullable Entry present = objects.get(key);
        boolean holds =
                switch (condition) {
                    case Condition.Always() -> true;
                    case Condition.Absent() -> present == null;
                    case Condition.Unchanged(String etag) ->
                        present != null && present.object().etag().equals(etag);
                };
        if (!holds) {
            throw new PreconditionFailedException(key);
        }
        if (present != null) {
            former.computeIfAbsent(key, _ -> new ArrayDeque<>()).push(present.object());
        }
        String etag = "\"" + ++version + "\"";
        objects.put(
                key,
                new Entry(
                        new StoredObject(body.clone(), etag),
                        new ObjectInfo(body.length, etag, clock.instant()),
                        contentType));
        return etag;
    }

    @Override
    public synchronized void delete(String key) {
        failIfAsked("delete", key);
        objects.remove(key);
    }

    @Override
    public synchronized void delete(String key, Condition.Unchanged condition) {
        failIfAsked("delete", key);
        @Nullable Entry present = objects.get(key);
        if (present == null || !present.object().etag().equals(condition.etag())) {
            throw new PreconditionFailedException(key);
        }
        objects.remove(key);
    }

    private void failIfAsked(String operation, String key) {
        WakeboxException failure = failures.get(operation + " " + key);
        if (failure != null) {
            throw failure;
        }
    }
}
