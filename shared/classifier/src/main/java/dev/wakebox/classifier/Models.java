package dev.wakebox.classifier;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorReports;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.CachedReads;
import dev.wakebox.storage.StoredObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of a bucket; the most recently used ones are kept in memory. A model that is a few seconds old is
 * requested again, and downloaded only if it has changed. If a new file is invalid, the previous model stays in use;
 * without one in memory, the latest valid earlier version in the bucket is used. Thread-safe; concurrent requests load
 * a model once.
 *
 * @param <T> the type that a file is converted to once
 */
public final class Models<T> {
    private static final Logger log = LoggerFactory.getLogger(Models.class);

    /** A retrained model is in use at the latest after this time. */
    private static final Duration FRESH = Duration.ofSeconds(2);

    /** Number of earlier versions to try. */
    private static final int MOST_FORMER = 5;

    /** The state of a mentor's model; guarded by itself. */
    private static final class Slot<T> {
        @Nullable
        String etag;

        @Nullable
        T model;

        @Nullable
        WakeboxException unusable;

        Instant checkedAt = Instant.MIN;
        volatile long bytes;
    }

    private final CachedReads bucket;
    private final Function<byte[], T> reader;
    private final long capacity;
    private final Clock clock;
    private final Map<String, Slot<T>> slots = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * @param reader converts a file into a model, and throws {@link WakeboxException} when it is invalid
     * @param capacity bytes of the model files that are kept; the one in use is always kept
     */
    public Models(CachedReads bucket, Function<byte[], T> reader, long capacity, Clock clock) {
        this.bucket = requireNonNull(bucket, "bucket is null");
        this.reader = requireNonNull(reader, "reader is null");
        this.capacity = capacity;
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** The key of a mentor's model in the current format. */
    public static String key(String mentor) {
        return mentor + "/" + ModelFile.VERSION + "/model.wbc";
    }

    /**
     * The current model of a mentor; empty when there is none.
     *
     * @throws WakeboxException when no model is in memory and the one in the bucket can't be read or is invalid
     */
    public Optional<T> get(String mentor) {
        Slot<T> slot = slot(mentor);
        synchronized (slot) {
            if (!clock.instant().isBefore(slot.checkedAt.plus(FRESH))) {
                revalidate(mentor, slot);
            }
            if (slot.model == null && slot.unusable != null) {
                throw slot.unusable;
            }
            return Optional.ofNullable(slot.model);
        }
    }

    private void revalidate(String mentor, Slot<T> slot) {
        CachedReads.Read read;
        try {
            read = bucket.get(key(mentor), slot.etag);
        } catch (WakeboxException e) {
            if (slot.model == null) {
                forget(mentor, slot);
                throw e;
            }
            log.warn("The model of {} could not be checked; it stays in use: {}", mentor, e.getMessage());
            slot.checkedAt = clock.instant();
            return;
        }
        slot.checkedAt = clock.instant();
        switch (read) {
            case CachedReads.Read.Changed(StoredObject object) -> load(mentor, slot, object);
            case CachedReads.Read.Unchanged() -> {}
            case CachedReads.Read.Absent() -> {
                slot.model = null;
                slot.etag = null;
                slot.unusable = null;
                forget(mentor, slot);
            }
        }
    }

    /** Remembers the ETag of an invalid file, so that it isn't downloaded again. */
    private void load(String mentor, Slot<T> slot, StoredObject object) {
        slot.etag = object.etag();
        slot.unusable = use(slot, object);
        if (slot.unusable == null) {
            return;
        }
        if (slot.model == null) {
            loadFormer(mentor, slot);
        }
        ErrorReports.add(slot.unusable);
        log.error(
                "The new model of {} is refused{}: {}",
                mentor,
                slot.model == null ? "" : " and the one before it goes on answering",
                slot.unusable.getMessage());
    }

    /** Needed by a new process, which never had the previous model in memory. */
    private void loadFormer(String mentor, Slot<T> slot) {
        try (var former = bucket.former(key(mentor))) {
            if (former.limit(MOST_FORMER).noneMatch(object -> use(slot, object) == null)) {
                log.warn("No former model of {} can be used either.", mentor);
            }
        } catch (WakeboxException e) {
            slot.etag = null; // to be retried
            log.warn("The older models of {} could not be listed: {}", mentor, e.getMessage());
        }
    }

    /** The reason why the file is invalid. */
    private @Nullable WakeboxException use(Slot<T> slot, StoredObject object) {
        try {
            slot.model = reader.apply(object.body());
            slot.bytes = object.body().length;
            evict();
            return null;
        } catch (WakeboxException e) {
            return e;
        }
    }

    private Slot<T> slot(String mentor) {
        synchronized (slots) {
            return slots.computeIfAbsent(mentor, _ -> new Slot<>());
        }
    }

    /** A slot without a model would only use space. */
    private void forget(String mentor, Slot<T> slot) {
        synchronized (slots) {
            slots.remove(mentor, slot);
        }
    }

    private void evict() {
        synchronized (slots) {
            long kept = slots.values().stream().mapToLong(slot -> slot.bytes).sum();
            Iterator<Slot<T>> leastRecent = slots.values().iterator();
            while (kept > capacity && slots.size() > 1) {
                kept -= leastRecent.next().bytes;
                leastRecent.remove();
            }
        }
    }
}
