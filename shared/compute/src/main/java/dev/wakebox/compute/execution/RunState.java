package dev.wakebox.compute.execution;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.command.LogLinks;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.TraceContext;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * The state of a run between two invocations: {@code $.run} of its document, which only Wakebox writes.
 *
 * <p>A field of another type is absent. The JSON is kept, so that fields of other versions, and the {@code history} of
 * the state machine, are passed on as they are. Immutable.
 */
public record RunState(JsonObject json) {
    private static final String ID = "id";
    private static final String NAME = "name";
    private static final String OWNER = "owner";
    private static final String STARTED_AT = "started_at";
    private static final String TRACE = "trace";
    private static final String ATTEMPT = "attempt";
    private static final String INTERRUPTIONS = "interruptions";
    private static final String DRY_RUN = "dry_run";
    private static final String READY = "ready";
    private static final String WAIT_S = "wait_s";
    private static final String WAITING_SINCE = "waiting_since";
    private static final String LAUNCH = "launch";
    private static final String SENT_AT = "sent_at";
    private static final String LOOKS = "looks";
    private static final String FOLLOWING = "following";
    private static final String LOGS = "logs";
    private static final String CHECKS = "checks";
    private static final String CHECK_AGAIN = "check_again";
    private static final String OUTPUT_KEY = "output_key";
    private static final String FAILED_EXECUTION_KEY = "failed_execution_key";
    private static final String STOPPING = "stopping";
    private static final String STOPPED = "stopped";
    private static final String COST = "cost";
    private static final String SLOT = "slot";
    private static final String QUOTA = "quota";

    public RunState {
        requireNonNull(json, "json is null");
    }

    /** The execution's ARN; empty if the state machine hasn't set it. */
    public Optional<String> id() {
        return text(json, ID);
    }

    /** The user of the API who submitted the run; empty for a run that was submitted with AWS credentials. */
    public Optional<String> owner() {
        return text(json, OWNER);
    }

    /** The place of the run in the trace of its caller; empty if the document names none. */
    public Optional<TraceContext> trace() {
        return TraceContext.of(json.object(TRACE));
    }

    RunState withTrace(TraceContext trace) {
        return with(TRACE, trace.toJson());
    }

    Optional<String> name() {
        return text(json, NAME);
    }

    Optional<Instant> startedAt() {
        return instant(json, STARTED_AT);
    }

    /** The number of the current attempt; 0 for the first. */
    public int attempt() {
        return count(json, ATTEMPT);
    }

    /** How many of the earlier attempts count against {@code n_interruptions_allowed}. */
    int interruptions() {
        return count(json, INTERRUPTIONS);
    }

    /** Whether the run only describes what it would do. */
    public boolean dryRun() {
        return json.isTrue(DRY_RUN);
    }

    public RunState withDryRun(boolean dryRun) {
        return with(DRY_RUN, dryRun);
    }

    /** Whether the instance is online, so that Commander is next. */
    public boolean ready() {
        return json.isTrue(READY);
    }

    public RunState withReady(boolean ready) {
        return with(READY, ready);
    }

    /** With the seconds until the next invocation. The state machine may wait longer. */
    public RunState withWaitS(int seconds) {
        return with(WAIT_S, seconds);
    }

    /** With the time from which the launch is waiting for EC2 or for the SSM agent. */
    public RunState withWaitingSince(Instant since) {
        return with(WAITING_SINCE, since.toString());
    }

    /** The progress of the launch; empty before the first step. An older document may have that of another attempt. */
    public Optional<LaunchProgress> launch() {
        return json.hasObject(LAUNCH) ? Optional.of(LaunchProgress.of(json.object(LAUNCH))) : Optional.empty();
    }

    /** Whether the launched instance is a spot instance. */
    public boolean onSpot() {
        return launch().flatMap(LaunchProgress::purchase).filter(Purchase::spot).isPresent();
    }

    public RunState withLaunch(LaunchProgress launch) {
        return with(LAUNCH, launch.toJson());
    }

    /** With a launch that is over for this attempt. What it did before stays recorded. */
    public RunState withLaunchOver() {
        return with(LAUNCH, LaunchProgress.withOver(json.object(LAUNCH), attempt()));
    }

    /** With another time at which the attempt's instance ends in any case, if there was one. */
    public RunState withEndAt(Instant at) {
        return launch().flatMap(launch -> launch.end().map(end -> launch.with(end.at(at))))
                .map(this::withLaunch)
                .orElse(this);
    }

    /** When Systems Manager accepted the commands; empty before. */
    public Optional<Instant> sentAt() {
        return instant(json, SENT_AT);
    }

    public RunState withSentAt(Instant sentAt) {
        return with(SENT_AT, sentAt.toString());
    }

    /** The command that follows the detached commands; empty for commands that Systems Manager runs itself. */
    public Optional<Following> following() {
        return json.hasObject(FOLLOWING) ? Following.of(json.object(FOLLOWING)) : Optional.empty();
    }

    public RunState withFollowing(Following following) {
        return with(FOLLOWING, following.toJson());
    }

    /** The number of polls of the commands. */
    public int polls() {
        return count(json, LOOKS);
    }

    public RunState withPolls(int polls) {
        return with(LOOKS, polls);
    }

    /** The places of the commands' output; empty before the commands were sent. */
    public Optional<LogLinks> logs() {
        return json.hasObject(LOGS) ? Optional.of(LogLinks.of(json.object(LOGS))) : Optional.empty();
    }

    public RunState withLogs(LogLinks logs) {
        return with(LOGS, logs.toJson());
    }

    /** The number of checks for the output. */
    public int checks() {
        return count(json, CHECKS);
    }

    public RunState withChecks(int checks) {
        return with(CHECKS, checks);
    }

    /** With the request for a further check for the output. */
    public RunState withCheckAgain(boolean again) {
        return with(CHECK_AGAIN, again);
    }

    /** With the key of the output that was found. */
    public RunState withOutputKey(String key) {
        return with(OUTPUT_KEY, key);
    }

    /** With the key of the object that records the missing output. */
    public RunState withFailedExecutionKey(String key) {
        return with(FAILED_EXECUTION_KEY, key);
    }

    /** The progress of EC2Stopper; empty before its first step. */
    public Optional<StopProgress> stopping() {
        return json.hasObject(STOPPING) ? StopProgress.of(json.object(STOPPING)) : Optional.empty();
    }

    public RunState withStopping(StopProgress stopping) {
        return with(STOPPING, stopping.toJson());
    }

    /** Whether EC2Stopper has finished. */
    public boolean stopped() {
        return json.isTrue(STOPPED);
    }

    public RunState withStopped(boolean stopped) {
        return with(STOPPED, stopped);
    }

    /** What the attempts cost that have ended; empty if nothing asks for the cost. */
    public Optional<AttemptCosts> cost() {
        return json.hasObject(COST) ? Optional.of(AttemptCosts.of(json.object(COST))) : Optional.empty();
    }

    public RunState withCost(AttemptCosts cost) {
        return with(COST, cost.toJson());
    }

    /** Whether the run needs a slot of {@code MaxConcurrentRuns} before its launch and has none. */
    public boolean slotWanted() {
        return json.object(SLOT).isTrue("wanted");
    }

    /** The quota that has refused this attempt; empty if none has. */
    public Optional<QuotaWait> quota() {
        return json.hasObject(QUOTA) ? QuotaWait.of(json.object(QUOTA)) : Optional.empty();
    }

    public RunState withQuota(QuotaWait quota) {
        return with(QUOTA, quota.toJson());
    }

    /** What a run without an instance waits for, as a clause; empty if it doesn't wait in a queue or for a quota. */
    public Optional<String> waitingFor() {
        if (slotWanted()) {
            return Optional.of("a slot: as many runs as MaxConcurrentRuns allows have an instance");
        }
        boolean launching = launch().filter(progress -> progress.attempt() == attempt())
                .filter(progress -> progress.instanceId().isEmpty() && !progress.over())
                .isPresent();
        return quota().filter(wait -> launching && wait.rounds() > 0)
                .map(wait -> "the account's quota " + wait.quota() + ", since "
                        + wait.since().truncatedTo(ChronoUnit.SECONDS) + "; to raise it: "
                        + wait.quota().page());
    }

    private RunState with(String key, Object value) {
        return new RunState(json.with(key, value));
    }

    /** The string, unless it is blank. */
    static Optional<String> text(JsonObject json, String key) {
        return json.optionalText(key).filter(text -> !text.isBlank());
    }

    /** The instant, if there is one in ISO 8601. */
    static Optional<Instant> instant(JsonObject json, String key) {
        try {
            return text(json, key).map(Instant::parse);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /** The whole number; 0 if there is none. */
    static int count(JsonObject json, String key) {
        Number number = json.number(key);
        return number == null ? 0 : number.intValue();
    }
}
