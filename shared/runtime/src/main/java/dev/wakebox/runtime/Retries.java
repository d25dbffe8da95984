package dev.wakebox.runtime;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tries again what failed for the moment, with growing pauses of at most four seconds, as long as there is time.
 * Thread-safe.
 */
public final class Retries {
    private static final Duration FIRST = Duration.ofMillis(250);
    private static final Duration LONGEST = Duration.ofSeconds(4);

    private final Clock clock;
    private final Pause pause;
    private final DoubleSupplier random;

    /** @param random gives numbers from 0 to 1 */
    public Retries(Clock clock, Pause pause, DoubleSupplier random) {
        this.clock = requireNonNull(clock, "clock is null");
        this.pause = requireNonNull(pause, "pause is null");
        this.random = requireNonNull(random, "random is null");
    }

    /**
     * Makes attempts until one succeeds, the next would begin after the deadline, or the other side wants to be left alone
     * for longer than is slept here.
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

    /** Twice as long each time, a random half of it off, and never shorter than the other side asks for. */
    static Duration backoff(int failed, @Nullable Duration retryAfter, double random) {
        long full = Math.min(LONGEST.toMillis(), FIRST.toMillis() << Math.min(failed, 20));
        var wait = Duration.ofMillis(Math.round(full * (1 - random / 2)));
        return retryAfter != null && retryAfter.compareTo(wait) > 0 ? retryAfter : wait;
    }
}
