package dev.wakebox.local.compute;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does things later, on threads of its own, and says so when one fails. Thread-safe. */
final class Scheduler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

    private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(
            2, Thread.ofPlatform().daemon().name("compute-", 0).factory(), new ThreadPoolExecutor.DiscardPolicy());

    void now(Runnable action) {
        after(Duration.ZERO, action);
    }

    void after(Duration delay, Runnable action) {
        var _ = executor.schedule(() -> run(action), delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What hasn't begun yet doesn't happen any more. */
    @Override
    public void close() {
        executor.shutdownNow();
    }

    private static void run(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOG.error("The local machine cannot go on with an instance or command.", e);
        }
    }
}
