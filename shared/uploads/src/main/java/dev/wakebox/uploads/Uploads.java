package dev.wakebox.uploads;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toSet;

import dev.wakebox.jobs.Change;
import dev.wakebox.jobs.Job;
import dev.wakebox.jobs.JobId;
import dev.wakebox.jobs.JobStore;
import dev.wakebox.jobs.Move;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The records of all uploads, as jobs. Thread-safe.
 *
 * <p>When the answer to a conditional write is lost, the SDK sends the write again, and its condition is refused by what
 * the first one wrote. So whose write has to be the only one looks at the record then.
 */
public final class Uploads {
    private static final String KIND = "upload";
    private static final Duration KEPT = Duration.ofDays(30);
    private static final String SUBMISSION = "submission";

    private final JobStore jobs;
    private final Clock clock;

    public Uploads(JobStore jobs, Clock clock) {
        this.jobs = requireNonNull(jobs, "jobs is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** Records an upload that may begin. */
    public Upload create(String id, Owner owner, String filename, String extension) {
        Instant now = clock.instant();
        Job job = Job.created(
                new JobId(KIND, id),
                new Change(Stage.UPLOADING.name(), now, "The upload was announced."),
                Map.of(
                        "email", owner.email(),
                        "name", owner.name(),
                        "language", owner.language().name(),
                        "filename", filename,
                        "extension", extension),
                now.plus(KEPT));
        if (!jobs.create(job) && !isThere(job)) {
            throw new IllegalStateException("The id " + id + " is taken; ids must not repeat.");
        }
        return upload(job);
    }

    /** The upload's record, or empty when there is none (any more). */
    public Optional<Upload> find(String id) {
        return Keys.isId(id) ? jobs.find(new JobId(KIND, id)).map(Uploads::upload) : Optional.empty();
    }

    /**
     * Moves an upload to a stage, if it is in one of the others.
     *
     * @param reason fit for the owner's eyes
     * @return whether it was moved; of any number of callers one moves it
     */
    public boolean move(Upload upload, Set<Stage> from, Stage to, String reason) {
        return change(upload, from, to, reason, Map.of());
    }

    /**
     * Begins the processing of an upload that has arrived.
     *
     * @return whether it began here; of any number of callers one begins it
     */
    public boolean begin(Upload upload) {
        String submission = UUID.randomUUID().toString();
        return change(
                        upload,
                        Set.of(Stage.UPLOADED),
                        Stage.PROCESSING,
                        "The file is being processed.",
                        Map.of(SUBMISSION, submission))
                || jobs.find(new JobId(KIND, upload.id()))
                        .filter(job -> job.state().equals(Stage.PROCESSING.name()))
                        .filter(job -> submission.equals(job.attributes().get(SUBMISSION)))
                        .isPresent();
    }

    /** The results are there, whatever was thought of the upload before. */
    public boolean done(Upload upload) {
        return move(
                upload,
                Set.of(Stage.UPLOADING, Stage.UPLOADED, Stage.PROCESSING, Stage.FAILED),
                Stage.DONE,
                "The results are ready.");
    }

    /**
     * Notes how far the box is, if that is further than when the upload was read. Of two reports at the same moment the
     * later write stands, even if it is the lower one.
     *
     * @return whether it was noted
     */
    public boolean progress(Upload upload, int percent) {
        return percent > upload.progress()
                && change(
                        upload,
                        Set.of(Stage.PROCESSING),
                        Stage.PROCESSING,
                        percent + " % processed.",
                        Map.of("progress", Integer.toString(percent)));
    }

    /** Whether the record is this one, except for its expiry, of which the store keeps whole seconds. */
    private boolean isThere(Job job) {
        return jobs.find(job.id())
                .filter(found -> found.history().equals(job.history()))
                .filter(found -> found.attributes().equals(job.attributes()))
                .isPresent();
    }

    private boolean change(Upload upload, Set<Stage> from, Stage to, String reason, Map<String, String> attributes) {
        return jobs.move(
                        new JobId(KIND, upload.id()),
                        new Move(
                                from.stream().map(Enum::name).collect(toSet()),
                                new Change(to.name(), clock.instant(), reason),
                                attributes,
                                null,
                                upload.expiresAt()))
                .isPresent();
    }

    private static Upload upload(Job job) {
        return new Upload(
                job.id().id(),
                new Owner(
                        attribute(job, "email"), attribute(job, "name"), Language.valueOf(attribute(job, "language"))),
                attribute(job, "filename"),
                attribute(job, "extension"),
                Stage.valueOf(job.state()),
                Integer.parseInt(job.attributes().getOrDefault("progress", "0")),
                job.history(),
                requireNonNull(job.expiresAt(), "an upload expires"));
    }

    private static String attribute(Job job, String name) {
        return requireNonNull(job.attributes().get(name), () -> "The upload's record has no \"" + name + "\".");
    }
}
