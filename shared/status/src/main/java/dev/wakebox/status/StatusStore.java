package dev.wakebox.status;

import static java.util.Objects.requireNonNull;

import dev.wakebox.storage.Condition;
import dev.wakebox.storage.ObjectStore;
import org.slf4j.MDC;

/**
 * {@code status.json} in the bucket's root, changed only by compare-and-swap on its ETag, so that of any number of
 * writers that read the same record one wins. Thread-safe.
 *
 * <p>The token of the run that holds the claim goes into the log context as {@code job}, for the lines logged after it.
 */
public final class StatusStore {
    /** Where the record is. */
    public static final String KEY = "status.json";

    /**
     * A record as it was read: the base of the next write.
     *
     * @param unchanged holds as long as nobody has written since
     */
    public record Versioned(ServerStatus status, Condition unchanged) {}

    private final ObjectStore objects;

    public StatusStore(ObjectStore objects) {
        this.objects = requireNonNull(objects, "objects is null");
    }

    /** The record now; {@link ServerStatus#INITIAL} when there is none yet. */
    public Versioned read() {
        var versioned = objects.get(KEY)
                .map(object -> new Versioned(ServerStatus.parse(object.body()), new Condition.Unchanged(object.etag())))
                .orElseGet(() -> new Versioned(ServerStatus.INITIAL, new Condition.Absent()));
        logAs(versioned.status());
        return versioned;
    }

    /**
     * Writes the record if nobody has written since {@code base} was read.
     *
     * @return the record written, as the base of the next write
     * @throws dev.wakebox.storage.PreconditionFailedException when somebody has; read again and decide again
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
