package dev.wakebox.egress;

import static java.util.Objects.requireNonNull;

import dev.wakebox.jobs.Change;
import dev.wakebox.jobs.DynamoDbJobStore;
import dev.wakebox.jobs.Job;
import dev.wakebox.jobs.JobId;
import dev.wakebox.jobs.JobStore;
import dev.wakebox.jobs.Lease;
import dev.wakebox.jobs.Move;
import dev.wakebox.platform.Budget;
import dev.wakebox.platform.Download;
import dev.wakebox.platform.HostGuard;
import dev.wakebox.platform.OutOfBudgetException;
import dev.wakebox.platform.Platform;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.Pause;
import dev.wakebox.runtime.Retries;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.secrets.Secret;
import dev.wakebox.secrets.StoredSecret;
import dev.wakebox.storage.CopiedStream;
import dev.wakebox.storage.ObjectStreams;
import dev.wakebox.storage.S3ObjectStreams;
import dev.wakebox.storage.StreamTarget;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Stores the outputs of completed jobs in the bucket, each once for any number of webhooks and messages. Thread-safe.
 */
public final class Egress {
    private static final String KIND = "egress";
    private static final String WAITING = "waiting";
    private static final String FAILED = "failed";
    private static final String STORED = "stored";
    private static final Set<String> OPEN = Set.of(WAITING, FAILED);
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    /**
     * How long the job record of an output that was never stored is kept. The record of a stored output doesn't expire.
     */
    private static final Duration FORGET = Duration.ofDays(30);

    /**
     * Limits for one copy.
     *
     * @param bytes the size of the largest output
     * @param time after which the copy is given up
     * @param attempts duration after which no retry begins
     */
    public record Limits(long bytes, Duration time, Duration attempts) {
        /** Allowance for the last part and the completion of the object after the deadline of a copy. */
        private static final Duration GRACE = Duration.ofSeconds(45);

        public Limits {
            requireNonNull(time, "time is null");
            requireNonNull(attempts, "attempts is null");
        }

        /** How long a copy has the lease. */
        public Duration lease() {
            return time.plus(GRACE);
        }
    }

    private final Platform platform;
    private final ObjectStreams objects;
    private final JobStore jobs;
    private final Retries retries;
    private final String bucket;
    private final Limits limits;
    private final Clock clock;
    private final Supplier<String> owners;

    /** @param owners supplies a new name for each attempt */
    Egress(
            Platform platform,
            ObjectStreams objects,
            JobStore jobs,
            Retries retries,
            String bucket,
            Limits limits,
            Clock clock,
            Supplier<String> owners) {
        this.platform = requireNonNull(platform, "platform is null");
        this.objects = requireNonNull(objects, "objects is null");
        this.jobs = requireNonNull(jobs, "jobs is null");
        this.retries = requireNonNull(retries, "retries is null");
        this.bucket = requireNonNull(bucket, "bucket is null");
        this.limits = requireNonNull(limits, "limits is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.owners = requireNonNull(owners, "owners is null");
    }

    /**
     * The outputs of the platform whose token is in {@code PLATFORM_TOKEN_ARN}, in {@code BUCKET}, with records in {@code
     * JOBS_TABLE}. {@code PLATFORM_TRUSTED_HOSTS} may be absent.
     */
    public static Egress ofEnvironment(Limits limits) {
        Clock clock = Clock.systemUTC();
        String bucket = Environment.required("BUCKET");
        return new Egress(
                new Platform(
                        new Secret(StoredSecret.of(Environment.required("PLATFORM_TOKEN_ARN")), clock),
                        new HostGuard(Environment.list("PLATFORM_TRUSTED_HOSTS")),
                        clock),
                S3ObjectStreams.ofBucket(bucket),
                DynamoDbJobStore.ofTable(Environment.required("JOBS_TABLE")),
                new Retries(clock, Pause.ofThread(), () -> ThreadLocalRandom.current()
                        .nextDouble()),
                bucket,
                limits,
                clock,
                () -> UUID.randomUUID().toString());
    }

    /**
     * Checks the id of a job, which becomes a part of URLs and keys.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} when the platform has no such ids
     */
    public static void requireId(String id) {
        if (!ID.matcher(id).matches()) {
            throw WakeboxException.invalidField(
                    "id", "The id must be 1 to 64 letters, digits, \"-\" or \"_\" (A-Z, a-z, 0-9).");
        }
    }

    /** The limits of each copy. */
    public Limits limits() {
        return limits;
    }

    /**
     * Copies the output of a job under a lease, unless it is stored already.
     *
     * @param id checked by {@link #requireId}
     * @param start when the time of the limits began
     * @return empty when another delivery has the lease
     * @throws OutOfBudgetException when the output exceeds the limits; the lease is released then
     * @throws WakeboxException when the output can't be stored; the lease is released then
     */
    public Optional<StoredOutput> store(String id, Instant start) {
        MDC.put("job", id);
        var jobId = new JobId(KIND, id);
        Instant now = clock.instant();
        var lease = new Lease(owners.get(), start.plus(limits.lease()));
        var fresh = new Job(
                jobId,
                Map.of(),
                List.of(new Change(WAITING, now, "The platform completed the job.")),
                lease,
                now.plus(FORGET));
        if (jobs.create(fresh)) {
            return Optional.of(copy(jobId, lease.owner(), start));
        }
        Optional<Job> known = jobs.find(jobId);
        if (known.isPresent() && known.get().state().equals(STORED)) {
            return Optional.of(duplicate(id, known.get()));
        }
        return jobs.lease(jobId, lease, now).map(job -> {
            if (job.state().equals(STORED)) {
                jobs.release(jobId, lease.owner());
                return duplicate(id, job);
            }
            return copy(jobId, lease.owner(), start);
        });
    }

    private StoredOutput copy(JobId jobId, String owner, Instant start) {
        String id = jobId.id();
        var budget = new Budget(limits.bytes(), start.plus(limits.time()));
        try {
            String key = "labels/" + id + ".json";
            CopiedStream copied = retries.until(start.plus(limits.attempts()), () -> download(id, key, budget));
            move(
                    jobId,
                    owner,
                    STORED,
                    "All " + copied.bytes() + " bytes are there.",
                    Map.of("key", key, "bytes", Long.toString(copied.bytes()), "sha256", copied.sha256()),
                    null);
            return new StoredOutput(id, bucket, key, copied.bytes(), copied.sha256(), false);
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

    private StoredOutput duplicate(String id, Job job) {
        return new StoredOutput(
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
