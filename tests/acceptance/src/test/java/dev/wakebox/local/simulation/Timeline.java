package dev.wakebox.local.simulation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Simulated time: actions run one at a time in the order of their due times, so that a seed always gives the same
 * story. An {@link Invoked} action takes time: other actions run whenever it pauses.
 */
final class Timeline {
    private record Due(Instant at, long order, Runnable what) {}

    private final PriorityQueue<Due> due =
            new PriorityQueue<>(Comparator.comparing(Due::at).thenComparingLong(Due::order));
    private Instant now;
    private long order;

    Timeline(Instant start) {
        this.now = start;
    }

    Instant now() {
        return now;
    }

    Clock clock() {
        return ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    }

    void after(Duration delay, Runnable what) {
        due.add(new Due(now.plus(delay), order++, what));
    }

    void runUntil(Instant end) {
        while (!due.isEmpty() && !due.element().at().isAfter(end)) {
            Due next = due.remove();
            now = next.at();
            next.what().run();
        }
    }

    /** Invokes an action; {@code ended} receives its exception, or null. */
    void invoke(
            Duration timeout, Supplier<Duration> pauses, Consumer<Invoked> body, Consumer<@Nullable Throwable> ended) {
        new Invoked(timeout, pauses, body, ended).advance();
    }

    /** Ends an action at its timeout without a chance to clean up, as Lambda does. */
    static final class Killed extends Error {
        Killed() {
            super("killed", null, false, false);
        }
    }

    /** Code on its own thread that runs only while the timeline waits for it. */
    final class Invoked {
        private final Semaphore turn = new Semaphore(0);
        private final Semaphore back = new Semaphore(0);
        private final Instant deadline;
        private final Supplier<Duration> pauses;
        private final Consumer<@Nullable Throwable> ended;
        private @Nullable Throwable failure;
        private boolean over;

        private Invoked(
                Duration timeout,
                Supplier<Duration> pauses,
                Consumer<Invoked> body,
                Consumer<@Nullable Throwable> ended) {
            this.deadline = now.plus(timeout);
            this.pauses = pauses;
            this.ended = ended;
            Thread.ofVirtual().start(() -> {
                turn.acquireUninterruptibly();
                try {
                    body.accept(this);
                } catch (RuntimeException | Error e) {
                    failure = e;
                }
                over = true;
                back.release();
            });
        }

        /** Pauses for this time, while other actions run. */
        void pause() {
            after(pauses.get(), this::advance);
            back.release();
            turn.acquireUninterruptibly();
            if (now.isAfter(deadline)) {
                throw new Killed();
            }
        }

        private void advance() {
            turn.release();
            back.acquireUninterruptibly();
            if (over) {
                ended.accept(failure);
            }
        }
    }
}
