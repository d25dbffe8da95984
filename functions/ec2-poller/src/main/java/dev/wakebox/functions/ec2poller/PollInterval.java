package dev.wakebox.functions.ec2poller;

import java.time.Duration;

/**
 * Computes the delay until the next poll of a command.
 *
 * <p>A poll costs nine events of the execution's history, which Step Functions limits to 25,000. A thousand are
 * reserved for retries and the end, and 1,300 per attempt for its launch and other states; the attempts share the rest.
 * See docs/ec2-runs.md.
 */
final class PollInterval {
    private static final Duration SHORTEST = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofMinutes(15);
    private static final int ELAPSED_PER_WAIT = 48;
    private static final Duration FIRST_PHASE = Duration.ofMinutes(10);
    /** In the first phase, a wait is a larger share of the elapsed time, up to {@link #LONGEST_OF_FIRST_PHASE_S}. */
    private static final int ELAPSED_PER_WAIT_OF_FIRST_PHASE = 12;

    private static final long LONGEST_OF_FIRST_PHASE_S = 12;
    private static final int POLLS_OF_FIRST_PHASE = 62;

    private static final int EVENTS = 25_000 - 1_000;
    private static final int EVENTS_AN_ATTEMPT = 1_300;
    private static final int EVENTS_A_POLL = 9;

    private PollInterval() {}

    /**
     * The delay in whole seconds, at least one.
     *
     * @param elapsed since the command was sent
     * @param left until the deadline
     * @param polls polls in this attempt, including this one and refused launches, which cost as much
     * @param attempts maximum number of attempts of the execution
     */
    static long next(Duration elapsed, Duration left, int polls, int attempts) {
        int share = polls(attempts);
        if (elapsed.compareTo(FIRST_PHASE) < 0) {
            long part = elapsed.dividedBy(ELAPSED_PER_WAIT_OF_FIRST_PHASE).toSeconds();
            long wait = share / 2 < POLLS_OF_FIRST_PHASE
                    ? LONGEST_OF_FIRST_PHASE_S
                    : Math.clamp(part, SHORTEST.toSeconds(), LONGEST_OF_FIRST_PHASE_S);
            return Math.max(1, Math.min(wait, left.toSeconds()));
        }
        long wait =
                Math.clamp(elapsed.dividedBy(ELAPSED_PER_WAIT).toSeconds(), SHORTEST.toSeconds(), LONGEST.toSeconds());
        if (polls > share / 2) {
            wait = Math.max(wait, left.toSeconds() / Math.max(1, share - polls) + 1);
        }
        return Math.max(1, Math.min(wait, left.toSeconds()));
    }

    /** The polls that an attempt may use. */
    static int polls(int attempts) {
        return (EVENTS / attempts - EVENTS_AN_ATTEMPT) / EVENTS_A_POLL;
    }
}
