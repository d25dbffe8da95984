package dev.wakebox.compute.execution;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.InstanceQuota;
import dev.wakebox.runtime.JsonObject;
import java.time.Instant;
import java.util.Optional;

/**
 * What an attempt knows about a quota of the account that has refused it: {@code $.run.quota}.
 *
 * @param since the first refusal of the attempt
 * @param rounds how often the launch has begun again with the first combination
 * @param worthwhile whether a quota refused a combination of this round that may fit into it later
 */
public record QuotaWait(InstanceQuota quota, Instant since, int rounds, boolean worthwhile) {
    private static final String NAME = "name";
    private static final String CODE = "code";
    private static final String SINCE = "since";
    private static final String ROUNDS = "rounds";
    private static final String WORTHWHILE = "worthwhile";

    public QuotaWait {
        requireNonNull(quota, "quota is null");
        requireNonNull(since, "since is null");
    }

    static Optional<QuotaWait> of(JsonObject json) {
        return RunState.instant(json, SINCE)
                .map(since -> new QuotaWait(
                        new InstanceQuota(json.text(NAME), json.text(CODE)),
                        since,
                        RunState.count(json, ROUNDS),
                        json.isTrue(WORTHWHILE)));
    }

    /**
     * With a further refusal.
     *
     * @param fits whether the instance fits into the quota when others have ended
     */
    public static QuotaWait refused(Optional<QuotaWait> before, InstanceQuota quota, boolean fits, Instant now) {
        return before.map(wait -> new QuotaWait(
                        fits || !wait.worthwhile ? quota : wait.quota,
                        wait.since,
                        wait.rounds,
                        fits || wait.worthwhile))
                .orElseGet(() -> new QuotaWait(quota, now, 0, fits));
    }

    /** For the next round. */
    public QuotaWait again() {
        return new QuotaWait(quota, since, rounds + 1, false);
    }

    JsonObject toJson() {
        return JsonObject.of(NAME, quota.name())
                .with(CODE, quota.code())
                .with(SINCE, since.toString())
                .with(ROUNDS, rounds)
                .with(WORTHWHILE, worthwhile);
    }
}
