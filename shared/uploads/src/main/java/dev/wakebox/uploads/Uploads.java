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
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.MDC;

/**
 * The records of all uploads, stored as jobs. Thread-safe.
 *
 * <p>If the answer to a conditional write is lost, the SDK's retry fails on the first write's result. Methods that must
 * know whether they won therefore read the record again.
 */
public final class Uploads {
    private static final String KIND = "upload";
    private static final Duration KEPT = Duration.ofDays(30);
    private static final String SUBMISSION = "submission";
    /** Only uploads of a web page have this attribute. */
    private static final String MATRIX = "matrix";

    private static final String DEFAULT_MATRIX = "default";
    /** Only uploads in parts have this attribute and the next one. */
    private static final String UPLOAD_ID = "uploadId";

    private static final String SIZE = "size";

    private final JobStore jobs;
    private final Clock clock;

    public Uploads(JobStore jobs, Clock clock) {
        this.jobs = requireNonNull(jobs, "jobs is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** Creates the record of an announced upload. */
    public Upload create(String id, Owner owner, String filename, String extension) {
        return create(id, owner, filename, extension, Map.of());
    }

    /** Creates the record of an announced upload whose file is sent in parts. */
    public Upload create(String id, Owner owner, String filename, String extension, InParts inParts) {
        return create(
                id,
                owner,
                filename,
                extension,
                Map.of(UPLOAD_ID, inParts.uploadId(), SIZE, Long.toString(inParts.size())));
    }

    private Upload create(String id, Owner owner, String filename, String extension, Map<String, String> more) {
        Job job = job(
                id,
                new Change(Stage.UPLOADING.name(), clock.instant(), "The upload was announced."),
                owner,
                filename,
                extension,
                more);
        if (!jobs.create(job) && !isThere(job)) {
            throw new IllegalStateException("The id " + id + " is taken; ids must not repeat.");
        }
        return upload(job);
    }

    /**
     * Creates the record of a web page's upload whose file has arrived; one of several concurrent callers creates it.
     *
     * @return the recorded upload, whichever caller created it
     */
    public Upload adopt(Keys.Video file, Origin.Page origin, Owner owner, String filename) {
        Job job = job(
                file.id(),
                new Change(Stage.UPLOADED.name(), clock.instant(), "The file has arrived."),
                owner,
                filename,
                file.extension(),
                Map.of(MATRIX, origin.defaultMatrix() ? DEFAULT_MATRIX : "own"));
        return jobs.create(job) ? upload(job) : find(file.id()).orElseGet(() -> upload(job));
    }

    /** The record of the upload; empty when there is none. */
    public Optional<Upload> find(String id) {
        if (!Keys.isId(id)) {
            return Optional.empty();
        }
        MDC.put("job", id);
        return jobs.find(new JobId(KIND, id)).map(Uploads::upload);
    }

    /**
     * Moves an upload to a stage, if it is in one of the given stages.
     *
     * @param reason which the owner may read
     * @return whether it was moved; true for one of several concurrent callers
     */
    public boolean move(Upload upload, Set<Stage> from, Stage to, String reason) {
        return change(upload, from, to, reason, Map.of());
    }

    /**
     * Begins the processing of an upload that has arrived.
     *
     * @return whether this call began it; true for one of several concurrent callers
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

    /** Records that the results are stored, whatever the stage was before. */
    public boolean done(Upload upload) {
        return move(
                upload,
                Set.of(Stage.UPLOADING, Stage.UPLOADED, Stage.PROCESSING, Stage.FAILED),
                Stage.DONE,
                "The results are ready.");
    }

    /**
     * Records the progress, if it is higher than in the given record. Of two concurrent reports the later write is
     * kept, even if its value is lower.
     *
     * @return whether it was recorded
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

    /** Whether the stored record equals this one. The expiry is not compared, because the store keeps whole seconds. */
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

    private static Job job(
            String id, Change first, Owner owner, String filename, String extension, Map<String, String> more) {
        var attributes = new HashMap<>(more);
        attributes.put("email", owner.email());
        attributes.put("name", owner.name());
        attributes.put("language", owner.language().name());
        attributes.put("filename", filename);
        attributes.put("extension", extension);
        return Job.created(new JobId(KIND, id), first, attributes, first.at().plus(KEPT));
    }

    private static Origin origin(Job job) {
        String matrix = job.attributes().get(MATRIX);
        return matrix == null ? new Origin.Announced() : new Origin.Page(matrix.equals(DEFAULT_MATRIX));
    }

    private static Optional<InParts> inParts(Job job) {
        return Optional.ofNullable(job.attributes().get(UPLOAD_ID))
                .map(uploadId -> new InParts(uploadId, Long.parseLong(attribute(job, SIZE))));
    }

    private static Upload upload(Job job) {
        return new Upload(
                job.id().id(),
                origin(job),
                new Owner(
                        attribute(job, "email"), attribute(job, "name"), Language.valueOf(attribute(job, "language"))),
                attribute(job, "filename"),
                attribute(job, "extension"),
                Stage.valueOf(job.state()),
                Integer.parseInt(job.attributes().getOrDefault("progress", "0")),
                inParts(job),
                job.history(),
                requireNonNull(job.expiresAt(), "an upload expires"));
    }

    private static String attribute(Job job, String name) {
        return requireNonNull(job.attributes().get(name), () -> "The upload's record has no \"" + name + "\".");
    }
}
