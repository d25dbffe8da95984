package dev.wakebox.functions.processupload;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The action for a running instance that accepts no files. The owner may read the reason. */
sealed interface Remedy {
    String reason();

    /** The instance may still recover. */
    record Wait(String reason) implements Remedy {}

    /** The instance is stopped; the uploads that wait for it start it again. */
    record Restart(String reason) implements Remedy {}

    /** Restarts have not helped: its uploads fail, and the instance is stopped. */
    record GiveUp(String reason) implements Remedy {}

    /** Number of restarts allowed within {@link #PERIOD}; the next one is refused. */
    int MOST_RESTARTS = 2;

    Duration PERIOD = Duration.ofHours(1);

    /**
     * Decides by the observations since the instance's launch.
     *
     * @param why it accepts no files, as a sentence
     * @param since when this was first observed
     * @param worked whether it has accepted files since its launch
     * @param lastSign when it last made progress with an upload, or had the results of one
     * @param restarts the restarts before this one
     */
    static Remedy decide(
            String why,
            Instant since,
            boolean worked,
            Instant launch,
            Instant lastSign,
            List<Instant> restarts,
            Instant now,
            HealthLimits limits) {
        Instant seen = since.isAfter(lastSign) ? since : lastSign;
        boolean tooLong = !now.isBefore(seen.plus(limits.unhealthy()));
        boolean booting = !worked && now.isBefore(launch.plus(limits.start()));
        if (!tooLong || booting) {
            return new Wait(why);
        }
        long recent =
                restarts.stream().filter(at -> at.isAfter(now.minus(PERIOD))).count();
        return recent < MOST_RESTARTS
                ? new Restart(why)
                : new GiveUp(why + " The instance was restarted " + recent + " times within an hour.");
    }
}
