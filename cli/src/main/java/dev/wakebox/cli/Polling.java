package dev.wakebox.cli;

import java.time.Duration;

/** Pauses between two polls: half a second at first, a third longer each time, at most 15 seconds. Not thread-safe. */
final class Polling {
    private static final Duration LONGEST = Duration.ofSeconds(15);

    private Duration pause = Duration.ofMillis(500);

    void pause() throws InterruptedException {
        Thread.sleep(pause);
        Duration longer = pause.multipliedBy(4).dividedBy(3);
        pause = longer.compareTo(LONGEST) > 0 ? LONGEST : longer;
    }

    /** Polls often again, because something has changed. */
    void restart() {
        pause = Duration.ofMillis(500);
    }
}
