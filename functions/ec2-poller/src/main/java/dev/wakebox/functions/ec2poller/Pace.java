package dev.wakebox.functions.ec2poller;

import java.time.Duration;

/**
 * How long to wait until the next look at a command.
 *
 * <p>A look costs nine events of the execution's history, which Step Functions ends at 25,000. Of those a thousand are
 * kept for retries and the end, and 1,300 an attempt for its launch and everything else; the rest is shared by the
 * attempts. See docs/ec2-runs.md.
 */
final class Pace {
    private static final Duration SHORTEST = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofMinutes(15);
    private static final int NOTICED_WITHIN = 48; // a job of ten minutes within 12.5 s
    private static final Duration SOON = Duration.ofMinutes(10);
    private static final int LOOKS_UNTIL_THEN = 92;
    /** With which ten minutes need 50 looks only. */
    private static final long SPARINGLY = 12;

    private static final int EVENTS = 25_000 - 1_000;
    private static final int EVENTS_AN_ATTEMPT = 1_300;
    private static final int EVENTS_A_LOOK = 9;

    private Pace() {}

    /**
     * Whole seconds to wait, at least one.
     *
     * @param elapsed since the command was sent
     * @param left until the deadline
     * @param looks so far in this attempt, this one and the refused launches included: they cost as much
     * @param attempts that the run may make in all
     */
    static long next(Duration elapsed, Duration left, int looks, int attempts) {
        long wait =
                Math.clamp(elapsed.dividedBy(NOTICED_WITHIN).toSeconds(), SHORTEST.toSeconds(), LONGEST.toSeconds());
        int share = looks(attempts);
        if (elapsed.compareTo(SOON) < 0) {
            return Math.max(1, Math.min(share / 2 < LOOKS_UNTIL_THEN ? SPARINGLY : wait, left.toSeconds()));
        }
        if (looks > share / 2) {
            wait = Math.max(wait, left.toSeconds() / Math.max(1, share - looks) + 1);
        }
        return Math.max(1, Math.min(wait, left.toSeconds()));
    }

    /** The looks that an attempt may take. */
    static int looks(int attempts) {
        return (EVENTS / attempts - EVENTS_AN_ATTEMPT) / EVENTS_A_LOOK;
    }
}
