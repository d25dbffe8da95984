package dev.wakebox.status;

import static java.util.Objects.requireNonNull;

import dev.wakebox.storage.Condition;
import dev.wakebox.storage.ObjectStore;
import java.time.Clock;
import org.slf4j.MDC;

/**
 * {@code status.json} in the bucket's root. It is changed only by compare-and-swap on its ETag, so one of several
 * writers that read the same record wins. Thread-safe.
 *
 * <p>The token of the run that holds the claim is put into the log context as {@code job}, for the lines that are
 * logged afterwards.
 */
public final class StatusStore {
    /** The key of the record. */
    public static final String KEY = "status.json";

    /**
     * A record that was read: the base of the next write.
     *
     * @param unchanged the condition that no other writer has changed it since
     */
    public record Versioned(ServerStatus status, Condition unchanged) {}

    private final ObjectStore objects;
    private final Clock clock;

    /** @param clock ends a developer mode that has an end */
    public StatusStore(ObjectStore objects, Clock clock) {
        this.objects = requireNonNull(objects, "objects is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** Reads the record; {@link ServerStatus#INITIAL} when there is none. */
    public Versioned read() {
        var versioned = objects.get(KEY)
                .map(object -> new Versioned(
                        ServerStatus.parse(object.body(), clock.instant()), new Condition.Unchanged(object.etag())))
                .orElseGet(() -> new Versioned(ServerStatus.INITIAL, new Condition.Absent()));
        logAs(versioned.status());
        return versioned;
    }

    /**
     * Writes the record if no other writer has changed it since {@code base} was read.
     *
     * @return the written record, as the base of the next write
     * @throws dev.wakebox.storage.PreconditionFailedException when another writer has; read and decide again
     */
    public Versioned replace(Versioned base, ServerStatus next) {
        String etag = objects.put(KEY, next.toJson(), "application/json", base.unchanged());
        logAs(next);
        return new Versioned(next, new Condition.Unchanged(etag));
    }

    private static void logAs(ServerStatus status) {
        if (status.active()) {
            MDC.put("job", status.token());
        }
    }
}
