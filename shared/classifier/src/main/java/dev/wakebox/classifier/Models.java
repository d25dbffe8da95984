package dev.wakebox.classifier;

import static java.util.Objects.requireNonNull;

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
 * The models of a bucket, with those in memory that were used last. A model is asked for anew when it is a few seconds
 * old, and downloaded only when it has changed. One that can't be read or used leaves the one before it in place, or
 * gives way to the latest former version in the bucket that can. Thread-safe; a model that several ask for at once is
 * loaded once.
 *
 * @param <T> what a model is made into, once
 */
public final class Models<T> {
    private static final Logger log = LoggerFactory.getLogger(Models.class);

    /** A retrained model answers at the latest after this. */
    private static final Duration FRESH = Duration.ofSeconds(2);

    /** Former versions that are tried. */
    private static final int MOST_FORMER = 5;

    /** What is known of a mentor's model; guarded by itself. */
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
     * @param reader makes a file into a model, and throws {@link WakeboxException} where it can't
     * @param capacity bytes of the files of the models that are kept; the one in use always is
     */
    public Models(CachedReads bucket, Function<byte[], T> reader, long capacity, Clock clock) {
        this.bucket = requireNonNull(bucket, "bucket is null");
        this.reader = requireNonNull(reader, "reader is null");
        this.capacity = capacity;
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** Where a mentor's model is, in the format that is read here. */
    public static String key(String mentor) {
        return mentor + "/" + ModelFile.VERSION + "/model.wbc";
    }

    /**
     * The mentor's model as it is now, or empty when there is none.
     *
     * @throws WakeboxException when there is no model in memory and that of the bucket can't be read or used
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
            log.warn("The model of {} could not be looked at and goes on answering: {}", mentor, e.getMessage());
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

    /** The ETag of a file that can't be used is remembered, too: it isn't downloaded again. */
    private void load(String mentor, Slot<T> slot, StoredObject object) {
        slot.etag = object.etag();
        slot.unusable = use(slot, object);
        if (slot.unusable == null) {
            return;
        }
        if (slot.model == null) {
            loadFormer(mentor, slot);
        }
        log.error(
                "The new model of {} is refused{}: {}",
                mentor,
                slot.model == null ? "" : " and the one before it goes on answering",
                slot.unusable.getMessage());
    }

    /** Processes come and go: this one may never have had the model that answered before. */
    private void loadFormer(String mentor, Slot<T> slot) {
        try (var former = bucket.former(key(mentor))) {
            if (former.limit(MOST_FORMER).noneMatch(object -> use(slot, object) == null)) {
                log.warn("No former model of {} can be used either.", mentor);
            }
        } catch (WakeboxException e) {
            slot.etag = null; // to be tried again
            log.warn("The former models of {} could not be looked at: {}", mentor, e.getMessage());
        }
    }

    /** The answer is why it can't be used. */
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

    /** A slot without a model would only take up room. */
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
