package dev.wakebox.compute.execution;

import static java.util.Objects.requireNonNull;

import dev.wakebox.cost.HourlyPrice;
import dev.wakebox.runtime.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The progress of the launch of an attempt: {@code $.run.launch}, which one invocation writes for the next.
 *
 * @param candidate the index of the current combination
 * @param since when it became the current one; empty if nothing was launched
 * @param purchase of the launched instance
 * @param price of the launched instance and its volumes; empty if nothing asks for the cost
 * @param refused the refusals of the earlier combinations
 * @param end when the instance ends in any case
 * @param over whether nothing more will be launched for this attempt
 */
public record LaunchProgress(
        int attempt,
        int candidate,
        Optional<Instant> since,
        Optional<String> instanceId,
        Optional<Purchase> purchase,
        Optional<Instant> launchedAt,
        Optional<Instant> runningSince,
        Optional<HourlyPrice> price,
        List<String> refused,
        Optional<ScheduledEnd> end,
        boolean over) {
    private static final String ATTEMPT = "attempt";
    private static final String CANDIDATE = "candidate";
    private static final String SINCE = "since";
    private static final String INSTANCE_ID = "instance_id";
    private static final String PURCHASE = "purchase";
    private static final String LAUNCHED_AT = "launched_at";
    private static final String RUNNING_SINCE = "running_since";
    private static final String USD_PER_HOUR = "usd_per_hour";
    private static final String REFUSED = "refused";
    private static final String END = "end";
    private static final String OVER = "over";

    public LaunchProgress {
        requireNonNull(since, "since is null");
        requireNonNull(instanceId, "instanceId is null");
        requireNonNull(purchase, "purchase is null");
        requireNonNull(launchedAt, "launchedAt is null");
        requireNonNull(runningSince, "runningSince is null");
        requireNonNull(price, "price is null");
        refused = List.copyOf(refused);
        requireNonNull(end, "end is null");
    }

    /** The launch of an attempt that begins: its first combination, since the attempt began. */
    public static LaunchProgress begun(Run run) {
        return begun(run.attempt(), run.t0());
    }

    private static LaunchProgress begun(int attempt, Instant since) {
        return new LaunchProgress(
                attempt,
                0,
                Optional.of(since),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                false);
    }

    static LaunchProgress of(JsonObject json) {
        return new LaunchProgress(
                RunState.count(json, ATTEMPT),
                RunState.count(json, CANDIDATE),
                RunState.instant(json, SINCE),
                RunState.text(json, INSTANCE_ID),
                JsonObject.from(json.get(PURCHASE)).map(Purchase::of),
                RunState.instant(json, LAUNCHED_AT),
                RunState.instant(json, RUNNING_SINCE),
                RunPrices.price(json.get(USD_PER_HOUR)),
                json.texts(REFUSED),
                ScheduledEnd.of(json.object(END)),
                json.isTrue(OVER));
    }

    public LaunchProgress launched(String id, Purchase as, Instant now, Optional<HourlyPrice> hour, ScheduledEnd end) {
        return new LaunchProgress(
                attempt,
                candidate,
                since,
                Optional.of(id),
                Optional.of(as),
                Optional.of(now),
                Optional.empty(),
                hour,
                refused,
                Optional.of(end),
                false);
    }

    public LaunchProgress running(Instant now) {
        return new LaunchProgress(
                attempt,
                candidate,
                since,
                instanceId,
                purchase,
                launchedAt,
                Optional.of(now),
                price,
                refused,
                end,
                false);
    }

    public LaunchProgress priced(HourlyPrice hour) {
        return new LaunchProgress(
                attempt,
                candidate,
                since,
                instanceId,
                purchase,
                launchedAt,
                runningSince,
                Optional.of(hour),
                refused,
                end,
                over);
    }

    /** The next combination, because of the refusal of the current one. */
    public LaunchProgress next(String reason, Instant now) {
        var reasons = new ArrayList<>(refused);
        reasons.add(reason);
        return new LaunchProgress(
                attempt,
                candidate + 1,
                Optional.of(now),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                reasons,
                Optional.empty(),
                false);
    }

    /** A new round, which begins with the first combination and knows no refusal. */
    public LaunchProgress again(Instant at) {
        return begun(attempt, at);
    }

    LaunchProgress with(ScheduledEnd another) {
        return new LaunchProgress(
                attempt,
                candidate,
                since,
                instanceId,
                purchase,
                launchedAt,
                runningSince,
                price,
                refused,
                Optional.of(another),
                over);
    }

    public LaunchProgress ended() {
        return new LaunchProgress(
                attempt, candidate, since, instanceId, purchase, launchedAt, runningSince, price, refused, end, true);
    }

    public JsonObject toJson() {
        return JsonObject.of(ATTEMPT, attempt)
                .with(CANDIDATE, candidate)
                .withPresent(SINCE, since.map(Instant::toString))
                .withPresent(INSTANCE_ID, instanceId)
                .withPresent(PURCHASE, purchase.map(Purchase::toJson))
                .withPresent(LAUNCHED_AT, launchedAt.map(Instant::toString))
                .withPresent(RUNNING_SINCE, runningSince.map(Instant::toString))
                .withPresent(USD_PER_HOUR, price.map(RunPrices::json))
                .with(REFUSED, refused)
                .withPresent(END, end.map(ScheduledEnd::toJson))
                .with(OVER, over);
    }

    /** The recorded JSON with an end for an attempt; it gets no other field. */
    static JsonObject withOver(JsonObject recorded, int attempt) {
        return recorded.with(ATTEMPT, attempt).with(OVER, true);
    }
}
