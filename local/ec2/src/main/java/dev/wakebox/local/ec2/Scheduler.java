package dev.wakebox.local.ec2;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs delayed actions on its own threads, and logs failures. Thread-safe. */
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

    /** Cancels the actions that have not begun. */
    @Override
    public void close() {
        executor.shutdownNow();
    }

    private static void run(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOG.error("An action of the emulator on an instance or command failed.", e);
        }
    }
}
