package dev.wakebox.secrets;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.Rehearsal;
import dev.wakebox.runtime.WakeboxException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A secret that may be rotated. It is read again after five minutes, or after 30 seconds when a caller suspects that it
 * is outdated. Thread-safe.
 */
public final class Secret {
    private static final Duration MAX_AGE = Duration.ofMinutes(5);
    private static final Duration MIN_AGE_TO_DOUBT = Duration.ofSeconds(30);

    private final Supplier<String> store;
    private final Clock clock;
    private @Nullable String value;
    private Instant readAt = Instant.MIN;
    private Optional<Rehearsal> readIn = Optional.empty();

    public Secret(Supplier<String> store, Clock clock) {
        this.store = requireNonNull(store, "store is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** @throws WakeboxException when it can't be read */
    public synchronized String value() {
        return value == null || olderThan(MAX_AGE) ? read() : value;
    }

    /**
     * The secret, read again unless it was read within the last 30 seconds. Call it when {@link #value} was refused.
     */
    public synchronized String refreshed() {
        return value == null || olderThan(MIN_AGE_TO_DOUBT) ? read() : value;
    }

    private String read() {
        String read = store.get();
        value = read;
        readAt = clock.instant();
        readIn = Rehearsal.current();
        return read;
    }

    /** What a rehearsal answered is not used after it. */
    private boolean olderThan(Duration age) {
        return !clock.instant().isBefore(readAt.plus(age)) || !readIn.equals(Rehearsal.current());
    }
}
