package dev.wakebox.functions.webhookegress;

import static java.util.Objects.requireNonNull;

import dev.wakebox.jobs.Change;
import dev.wakebox.jobs.Job;
import dev.wakebox.jobs.JobId;
import dev.wakebox.jobs.JobStore;
import dev.wakebox.jobs.Lease;
import dev.wakebox.jobs.Move;
import dev.wakebox.platform.Budget;
import dev.wakebox.platform.Download;
import dev.wakebox.platform.OutOfBudgetException;
import dev.wakebox.platform.Platform;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Retries;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.CopiedStream;
import dev.wakebox.storage.ObjectStreams;
import dev.wakebox.storage.StreamTarget;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Stores the outputs of completed jobs in the bucket, each once for any number of webhooks and messages. Thread-safe.
 */
final class Egress {
    private static final String KIND = "egress";
    private static final String WAITING = "waiting";
    private static final String FAILED = "failed";
    private static final String STORED = "stored";
    private static final Set<String> OPEN = Set.of(WAITING, FAILED);
    /**
     * How long the job record of an output that was never stored is kept. The record of a stored output doesn't expire.
     */
    private static final Duration FORGET = Duration.ofDays(30);
    /** How long API Gateway waits for an answer. */
    private static final Duration CALLER_WAITS = Duration.ofSeconds(30);
    /** Allowance for the last part and the completion of the object after the deadline of a copy. */
    private static final Duration GRACE = Duration.ofSeconds(45);

    /**
     * Limits for one copy.
     *
     * @param bytes a larger output is left to the queue worker
     * @param time after which the copy is given up
     * @param attempts duration after which no retry begins
     */
    record Limits(long bytes, Duration time, Duration attempts) {
        public Limits {
            requireNonNull(time, "time is null");
            requireNonNull(attempts, "attempts is null");
        }
    }

    private final Platform platform;
    private final ObjectStreams objects;
    private final JobStore jobs;
    private final EgressQueue queue;
    private final Retries retries;
    private final String bucket;
    private final Limits webhook;
    private final Limits worker;
    private final Clock clock;
    private final Supplier<String> owners;

    /** @param owners supplies a new name for each attempt */
    Egress(
            Platform platform,
            ObjectStreams objects,
            JobStore jobs,
            EgressQueue queue,
            Retries retries,
            String bucket,
            Limits webhook,
            Limits worker,
            Clock clock,
            Supplier<String> owners) {
        this.platform = requireNonNull(platform, "platform is null");
        this.objects = requireNonNull(objects, "objects is null");
        this.jobs = requireNonNull(jobs, "jobs is null");
        this.queue = requireNonNull(queue, "queue is null");
        this.retries = requireNonNull(retries, "retries is null");
        this.bucket = requireNonNull(bucket, "bucket is null");
        this.webhook = requireNonNull(webhook, "webhook is null");
        this.worker = requireNonNull(worker, "worker is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.owners = requireNonNull(owners, "owners is null");
    }

    /**
     * Handles the webhook: stores the output, or leaves it to the queue worker when it is large or slow.
     *
     * @param received when API Gateway received the request and began to wait, so that the time in which the function
     *     started counts, too. An earlier time than API Gateway waits belongs to an event that is being replayed.
     */
    Outcome completed(JobComplete message, Optional<Instant> received) {
        String id = message.id();
        Instant now = clock.instant();
        Instant start = received.filter(time -> time.isAfter(now.minus(CALLER_WAITS)) && time.isBefore(now))
                .orElse(now);
        if (!now.isBefore(start.plus(webhook.attempts()))) {
            queue.enqueue(id, Duration.ZERO, false);
            return new Outcome.Accepted(id, "This function started slowly. The queue worker stores the output.");
        }
        Optional<Outcome.Stored> stored;
        try {
            stored = copy(id, webhook, start);
        } catch (OutOfBudgetException e) {
            queue.enqueue(id, Duration.ZERO, false);
            return new Outcome.Accepted(id, e.getMessage() + " The queue worker stores it.");
        }
        if (stored.isEmpty()) {
            // the other delivery may crash, so the worker repeats the check
            queue.enqueue(id, webhook.time().plus(GRACE), true);
            return new Outcome.Accepted(id, "The output is being stored.");
        }
        return stored.get();
    }

    /**
     * Handles a message of the queue.
     *
     * @param precaution whether another delivery was storing the output when the message was sent; then an unknown job
     *     is no failure, because the sender of the webhook has already been told
     * @throws WakeboxException when the output isn't stored yet, so that SQS redelivers the message
     */
    void queued(JobComplete message, boolean precaution) {
        try {
            if (copy(message.id(), worker, clock.instant()).isEmpty()) {
                throw new WakeboxException(
                        ErrorCode.UNAVAILABLE,
                        "The output of \"" + message.id() + "\" is being stored by another delivery.");
            }
        } catch (OutOfBudgetException e) {
            throw new WakeboxException(
                    ErrorCode.GATEWAY_TIMEOUT,
                    "The output of \"" + message.id() + "\" exceeds the worker's limits of " + worker.bytes()
                            + " bytes and " + worker.time().toSeconds() + " s. " + e.getMessage(),
                    e);
        } catch (WakeboxException e) {
            if (!precaution || e.code() != ErrorCode.NOT_FOUND) {
                throw e;
            }
        }
    }

    /**
     * Copies the output under a lease. Empty when another delivery has the lease.
     *
     * @param start when the time of the limits began
     * @throws OutOfBudgetException when the output exceeds the limits; the lease is released then
     */
    private Optional<Outcome.Stored> copy(String id, Limits limits, Instant start) {
        MDC.put("job", id);
        var jobId = new JobId(KIND, id);
        Optional<Job> known = jobs.find(jobId);
        if (known.isPresent() && known.get().state().equals(STORED)) {
            return Optional.of(duplicate(id, known.get()));
        }
        Instant now = clock.instant();
        String owner = owners.get();
        Instant deadline = start.plus(limits.time());
        var lease = new Lease(owner, deadline.plus(GRACE));
        var fresh = new Job(
                jobId,
                Map.of(),
                List.of(new Change(WAITING, now, "The platform completed the job.")),
                lease,
                now.plus(FORGET));
        Optional<Job> leased =
                known.isEmpty() && jobs.create(fresh) ? Optional.of(fresh) : jobs.lease(jobId, lease, now);
        return leased.map(job -> {
            if (job.state().equals(STORED)) {
                jobs.release(jobId, owner);
                return duplicate(id, job);
            }
            return copy(jobId, owner, new Budget(limits.bytes(), deadline), start.plus(limits.attempts()));
        });
    }

    private Outcome.Stored copy(JobId jobId, String owner, Budget budget, Instant lastAttempt) {
        String id = jobId.id();
        try {
            String key = "labels/" + id + ".json";
            CopiedStream copied = retries.until(lastAttempt, () -> download(id, key, budget));
            move(
                    jobId,
                    owner,
                    STORED,
                    "All " + copied.bytes() + " bytes are there.",
                    Map.of("key", key, "bytes", Long.toString(copied.bytes()), "sha256", copied.sha256()),
                    null);
            return new Outcome.Stored(id, bucket, key, copied.bytes(), copied.sha256(), false);
        } catch (OutOfBudgetException e) {
            move(
                    jobId,
                    owner,
                    WAITING,
                    e.getMessage(),
                    Map.of(),
                    clock.instant().plus(FORGET));
            throw e;
        } catch (WakeboxException e) {
            move(
                    jobId,
                    owner,
                    FAILED,
                    String.valueOf(e.getMessage()),
                    Map.of(),
                    clock.instant().plus(FORGET));
            throw e;
        }
    }

    private CopiedStream download(String id, String key, Budget budget) {
        var metadata = JobMetadata.of(id, platform.job(id, budget.deadline()));
        try (Download output = platform.output(id, budget)) {
            return objects.copy(
                    output,
                    new StreamTarget(key, output.contentType(), output.contentEncoding(), metadata),
                    copied -> output.verify(copied.sha256()));
        } catch (IOException e) {
            throw new IllegalStateException("A download throws nothing else.", e);
        }
    }

    /** After the lease expired, another delivery may have stored the output; then its record is the result. */
    private void move(
            JobId id,
            String owner,
            String state,
            String reason,
            Map<String, String> attributes,
            @Nullable Instant expiresAt) {
        var _ = jobs.move(id, new Move(OPEN, new Change(state, clock.instant(), reason), attributes, owner, expiresAt));
    }

    private Outcome.Stored duplicate(String id, Job job) {
        return new Outcome.Stored(
                id,
                bucket,
                attribute(job, "key"),
                Long.parseLong(attribute(job, "bytes")),
                attribute(job, "sha256"),
                true);
    }

    private static String attribute(Job job, String name) {
        return requireNonNull(job.attributes().get(name), () -> "The record of " + job.id() + " has no " + name + ".");
    }
}
