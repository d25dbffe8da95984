package dev.wakebox.functions.ingress;

import static java.util.Objects.requireNonNull;

import dev.wakebox.jobs.Change;
import dev.wakebox.jobs.Job;
import dev.wakebox.jobs.JobId;
import dev.wakebox.jobs.JobStore;
import dev.wakebox.jobs.Lease;
import dev.wakebox.jobs.Move;
import dev.wakebox.platform.AnswerLostException;
import dev.wakebox.platform.Platform;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Retries;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.DownloadUrls;
import dev.wakebox.storage.ObjectInfo;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.S3Event;
import java.net.URLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Registers new objects with the platform and starts the configured analytics on them, each once for any number of
 * duplicate events. Thread-safe.
 */
final class Ingress {
    static final String PREFIX = "ingest/";

    private static final String KIND = "ingress";
    private static final String WAITING = "waiting";
    private static final String REGISTERED = "registered";
    private static final String STARTED = "started";
    private static final Set<String> OPEN = Set.of(WAITING, REGISTERED);
    private static final String DATA_ID = "dataId";
    private static final String DATA_UNTIL = "dataUntil";
    private static final String LOST = "lost answers of ";
    /** A job whose id was lost can't be found on the platform: a second one may be started, and no third. */
    private static final int MOST_LOST = 2;

    private static final Duration TIME = Duration.ofSeconds(40);
    /** Time reserved for the answer to a started job, so that it isn't lost to the deadline. */
    private static final Duration TO_START = Duration.ofSeconds(15);
    /** Data that expire on the platform within this time are registered again. */
    private static final Duration SPARE = Duration.ofMinutes(1);

    private static final Duration LEASE = Duration.ofSeconds(60);
    private static final Duration FORGET = Duration.ofDays(30);

    private final Platform platform;
    private final ObjectStore objects;
    private final DownloadUrls urls;
    private final JobStore jobs;
    private final Retries retries;
    private final List<String> analytics;
    private final Duration dataTtl;
    private final Clock clock;
    private final Supplier<String> owners;

    /** @param dataTtl how long the platform may fetch and keep an object */
    Ingress(
            Platform platform,
            ObjectStore objects,
            DownloadUrls urls,
            JobStore jobs,
            Retries retries,
            List<String> analytics,
            Duration dataTtl,
            Clock clock,
            Supplier<String> owners) {
        this.platform = requireNonNull(platform, "platform is null");
        this.objects = requireNonNull(objects, "objects is null");
        this.urls = requireNonNull(urls, "urls is null");
        this.jobs = requireNonNull(jobs, "jobs is null");
        this.retries = requireNonNull(retries, "retries is null");
        this.analytics = List.copyOf(analytics);
        this.dataTtl = requireNonNull(dataTtl, "dataTtl is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.owners = requireNonNull(owners, "owners is null");
    }

    /**
     * Handles the event of a new object.
     *
     * @return what was done, or why nothing was done
     */
    String created(S3Event event) {
        if (event.key().endsWith("/")) {
            return "Nothing to register: \"" + event.key() + "\" marks a folder.";
        }
        Optional<ObjectInfo> info = objects.head(event.key());
        if (info.isEmpty()) {
            return "Nothing to register: \"" + event.key() + "\" is gone.";
        }
        if (info.get().size() == 0) {
            return "Nothing to register: \"" + event.key() + "\" is empty.";
        }
        var id = new JobId(KIND, event.key() + " " + event.time());
        Instant now = clock.instant();
        String owner = owners.get();
        var lease = new Lease(owner, now.plus(LEASE));
        var fresh = new Job(
                id, Map.of(), List.of(new Change(WAITING, now, "The object was put.")), lease, now.plus(FORGET));
        Job job = jobs.create(fresh)
                ? fresh
                : jobs.lease(id, lease, now)
                        .orElseThrow(() -> new WakeboxException(
                                ErrorCode.UNAVAILABLE,
                                "\"" + event.key() + "\" is being registered by another delivery."));
        try {
            if (job.state().equals(STARTED)) {
                return "\"" + event.key() + "\" was registered before.";
            }
            return start(job, event.key(), info.get(), now.plus(TIME));
        } finally {
            jobs.release(id, owner);
        }
    }

    private String start(Job job, String key, ObjectInfo info, Instant deadline) {
        String dataId = job.attributes().get(DATA_ID);
        if (dataId == null || isForgotten(job)) {
            Instant until = clock.instant().plus(dataTtl);
            dataId = register(key, info, until, deadline);
            remember(
                    job,
                    REGISTERED,
                    "The platform calls it " + dataId + ".",
                    Map.of(DATA_ID, dataId, DATA_UNTIL, until.toString()));
        }
        for (String analytic : analytics) {
            if (!job.attributes().containsKey(analytic)) {
                String jobId = run(job, analytic, dataId, key, deadline);
                remember(job, REGISTERED, analytic + " runs as " + jobId + ".", Map.of(analytic, jobId));
            }
        }
        remember(job, STARTED, "All analytics were started.", Map.of());
        return "Registered \"" + key + "\" as " + dataId + " and started " + String.join(", ", analytics) + ".";
    }

    private boolean isForgotten(Job job) {
        String until = job.attributes().get(DATA_UNTIL);
        return until == null || clock.instant().plus(SPARE).isAfter(Instant.parse(until));
    }

    private String register(String key, ObjectInfo info, Instant until, Instant deadline) {
        String filename = key.substring(PREFIX.length());
        @Nullable String type = URLConnection.guessContentTypeFromName(filename);
        return retries.until(
                deadline,
                () -> platform.register(
                        urls.get(key, dataTtl),
                        filename,
                        type == null ? "application/octet-stream" : type,
                        info.size(),
                        until,
                        deadline));
    }

    private String run(Job job, String analytic, String dataId, String key, Instant deadline) {
        int lost = Integer.parseInt(job.attributes().getOrDefault(LOST + analytic, "0"));
        if (lost >= MOST_LOST) {
            throw new WakeboxException(
                    ErrorCode.BAD_GATEWAY,
                    analytic + " may run already: the platform's answer was lost " + lost
                            + " times. Search for the job on the platform.");
        }
        Instant lastAttempt = deadline.minus(TO_START);
        if (!clock.instant().isBefore(lastAttempt)) {
            throw new WakeboxException(
                    ErrorCode.UNAVAILABLE,
                    "There is not enough time left to start " + analytic + "; the next delivery starts it.");
        }
        try {
            return retries.until(
                    lastAttempt,
                    () -> platform.start(analytic, dataId, key.substring(PREFIX.length()) + "-" + analytic, deadline));
        } catch (AnswerLostException e) {
            remember(
                    job,
                    REGISTERED,
                    analytic + " may run: " + e.getMessage(),
                    Map.of(LOST + analytic, Integer.toString(lost + 1)));
            throw new WakeboxException(e.code(), String.valueOf(e.getMessage()), e);
        }
    }

    private void remember(Job job, String state, String reason, Map<String, String> attributes) {
        Instant now = clock.instant();
        var _ = jobs.move(job.id(), new Move(OPEN, new Change(state, now, reason), attributes, null, now.plus(FORGET)));
    }
}
