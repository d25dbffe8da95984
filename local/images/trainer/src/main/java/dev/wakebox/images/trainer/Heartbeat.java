package dev.wakebox.images.trainer;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * Shows the reaper that the run is making progress. The working code calls it, never a timer, because a timer would
 * continue when the work hangs. Not thread-safe.
 */
final class Heartbeat {
    static final String KEY = "training/heartbeat";

    private static final Duration PERIOD = Duration.ofSeconds(30);

    private final ObjectStore objects;
    private final Clock clock;
    private final String token;
    private final Consumer<String> console;
    private Instant next = Instant.MIN;

    Heartbeat(ObjectStore objects, Clock clock, String token, Consumer<String> console) {
        this.objects = requireNonNull(objects, "objects is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.token = requireNonNull(token, "token is null");
        this.console = requireNonNull(console, "console is null");
    }

    /** Writes the heartbeat, at most once in 30 seconds. A failed write doesn't end the run. */
    void beat() {
        Instant now = clock.instant();
        if (now.isBefore(next)) {
            return;
        }
        next = now.plus(PERIOD);
        try {
            objects.put(KEY, token.getBytes(StandardCharsets.UTF_8), "text/plain", new Condition.Always());
        } catch (WakeboxException e) {
            console.accept("the heartbeat could not be written: " + e.getMessage());
        }
    }
}
