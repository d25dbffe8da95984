package dev.wakebox.runtime;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Retries an operation after a {@link TransientFailure}, with growing pauses of at most four seconds. Thread-safe. */
public final class Retries {
    private static final Duration FIRST = Duration.ofMillis(250);
    private static final Duration LONGEST = Duration.ofSeconds(4);

    private final Clock clock;
    private final Pause pause;
    private final DoubleSupplier random;

    /** @param random supplies numbers from 0 to 1 */
    public Retries(Clock clock, Pause pause, DoubleSupplier random) {
        this.clock = requireNonNull(clock, "clock is null");
        this.pause = requireNonNull(pause, "pause is null");
        this.random = requireNonNull(random, "random is null");
    }

    /**
     * Makes attempts until one succeeds, until the next would begin after the deadline, or until the service asks for a
     * longer pause than the longest one.
     *
     * @throws WakeboxException with the code of the last {@link TransientFailure}, which is its cause
     */
    public <T> T until(Instant deadline, Supplier<T> attempt) {
        for (int failed = 0; ; failed++) {
            try {
                return attempt.get();
            } catch (TransientFailure e) {
                Duration wait = backoff(failed, e.retryAfter(), random.getAsDouble());
                if (wait.compareTo(LONGEST) > 0 || !clock.instant().plus(wait).isBefore(deadline)) {
                    throw new WakeboxException(e.code(), e.getMessage(), e);
                }
                pause.await(wait);
            }
        }
    }

    /** Doubles with each failure, minus a random part of up to a half, and is never shorter than {@code Retry-After}. */
    static Duration backoff(int failed, @Nullable Duration retryAfter, double random) {
        long full = Math.min(LONGEST.toMillis(), FIRST.toMillis() << Math.min(failed, 20));
        var wait = Duration.ofMillis(Math.round(full * (1 - random / 2)));
        return retryAfter != null && retryAfter.compareTo(wait) > 0 ? retryAfter : wait;
    }
}
