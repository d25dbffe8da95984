package dev.wakebox.runtime;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits between two attempts. Tests replace it. */
@FunctionalInterface
public interface Pause {
    /** Blocks the calling thread. */
    static Pause ofThread() {
        return duration -> LockSupport.parkNanos(duration.toNanos());
    }

    void await(Duration duration);
}
