package dev.wakebox.runtime;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Lets time pass between two attempts. */
@FunctionalInterface
public interface Pause {
    /** Pauses the calling thread. */
    static Pause ofThread() {
        return duration -> LockSupport.parkNanos(duration.toNanos());
    }

    void await(Duration duration);
}
