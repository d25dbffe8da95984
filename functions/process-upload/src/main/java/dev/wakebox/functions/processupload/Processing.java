package dev.wakebox.functions.processupload;

import static java.util.Comparator.naturalOrder;
import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.Instance;
import dev.wakebox.storage.HeadReads;
import dev.wakebox.uploads.Keys;
import dev.wakebox.uploads.Origin;
import dev.wakebox.uploads.Owner;
import dev.wakebox.uploads.ProcessingInstance;
import dev.wakebox.uploads.SizeLimit;
import dev.wakebox.uploads.Stage;
import dev.wakebox.uploads.Upload;
import dev.wakebox.uploads.Uploads;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Submits each uploaded file to the processor once, and stops the instance when no upload needs it. Thread-safe;
 * duplicate events have no effect, also concurrent ones and in any order.
 *
 * <p>An upload is marked as ended before its need for the instance is removed. It is read again after its need was
 * added and after the instance was started for it. So a late event never keeps the instance running.
 */
public final class Processing {
    private static final Logger log = LoggerFactory.getLogger(Processing.class);

    /** An instance usually stops in less than a minute, and every upload has a limited number of deliveries. */
    private static final Duration WHILE_STOPPING = Duration.ofSeconds(20);

    private static final Set<Stage> NOT_OVER = Set.of(Stage.UPLOADING, Stage.UPLOADED, Stage.PROCESSING);

    private final Uploads uploads;
    private final HeadReads files;
    private final SizeLimit limit;
    private final Optional<UploadPage> page;
    private final ProcessingInstance processingInstance;
    private final StartCommand startCommand;
    private final Processor processor;
    private final InstanceHealth health;
    private final FailureNotices notices;
    private final String bucket;

    /**
     * Creates the service without a call.
     *
     * @param files the objects of the bucket
     * @param limit of announced files
     * @param page knows the owners of files that were not announced; empty when there is no page
     */
    Processing(
            Uploads uploads,
            HeadReads files,
            SizeLimit limit,
            Optional<UploadPage> page,
            ProcessingInstance processingInstance,
            StartCommand startCommand,
            Processor processor,
            InstanceHealth health,
            FailureNotices notices,
            String bucket) {
        this.uploads = requireNonNull(uploads, "uploads is null");
        this.files = requireNonNull(files, "files is null");
        this.limit = requireNonNull(limit, "limit is null");
        this.page = requireNonNull(page, "page is null");
        this.processingInstance = requireNonNull(processingInstance, "processingInstance is null");
        this.startCommand = requireNonNull(startCommand, "startCommand is null");
        this.processor = requireNonNull(processor, "processor is null");
        this.health = requireNonNull(health, "health is null");
        this.notices = requireNonNull(notices, "notices is null");
        this.bucket = requireNonNull(bucket, "bucket is null");
    }

    /** Handles the event of an uploaded file. */
    public ProcessingOutcome fileArrived(Keys.Video file) {
        Optional<Upload> found = uploads.find(file.id());
        if (found.isPresent()) {
            return found.get().extension().equals(file.extension())
                    ? goOn(found.get())
                    : new ProcessingOutcome.Refused(
                            "the upload " + file.id() + " is a ." + found.get().extension() + " file");
        }
        if (page.isEmpty()) {
            return new ProcessingOutcome.Refused("it was not announced, and there is no PageUrl to ask for its owner");
        }
        return switch (page.get().ask(file.id())) {
            case UploadPage.Answer.Known(Owner owner, String filename, boolean defaultMatrix) ->
                goOn(uploads.adopt(
                        file,
                        new Origin.Page(defaultMatrix),
                        owner,
                        filename.isBlank() ? file.id() + "." + file.extension() : filename));
            case UploadPage.Answer.Refused(String why) -> new ProcessingOutcome.Refused(why);
        };
    }

    private ProcessingOutcome goOn(Upload upload) {
        String id = upload.id();
        switch (upload.stage()) {
            case UPLOADING, UPLOADED -> {
                Optional<String> flaw = FileCheck.flaw(files, limit, upload);
                if (flaw.isPresent()) {
                    fail(upload, Set.of(Stage.UPLOADING, Stage.UPLOADED), flaw.get());
                    return new ProcessingOutcome.Settled("the upload " + id + " has failed: " + flaw.get());
                }
                uploads.move(upload, Set.of(Stage.UPLOADING), Stage.UPLOADED, "The file has arrived.");
            }
            case PROCESSING -> {
                return new ProcessingOutcome.Settled("the instance already has " + id);
            }
            case DONE -> {
                return releaseEnded(id); // an earlier delivery may have added its need too late
            }
            case FAILED -> {
                completeFailure(upload, upload.reason()); // an earlier delivery may have been interrupted
                return new ProcessingOutcome.Settled("the upload " + id + " is over");
            }
        }
        if (!processingInstance.need(id)) {
            return new ProcessingOutcome.Wait("The processing instance is being stopped.");
        }
        if (isOver(id)) {
            return releaseEnded(id);
        }
        return processingInstance
                .describe()
                .map(instance -> bring(upload, instance))
                .orElseGet(() -> new ProcessingOutcome.Wait("The processing instance does not exist."));
    }

    /** Handles the event that the results of an upload are stored. */
    public ProcessingOutcome resultArrived(String id) {
        Optional<Upload> found = uploads.find(id);
        if (found.isEmpty()) {
            return new ProcessingOutcome.Settled("the upload " + id + " was not announced");
        }
        if (files.head(Keys.summary(id)).isEmpty()) {
            return new ProcessingOutcome.Settled("the results of " + id + " are not stored");
        }
        uploads.done(found.get());
        boolean stopped = processingInstance.done(id);
        notices.ended(found.get(), Stage.DONE, "The results are ready.");
        return new ProcessingOutcome.Settled(
                "the results of " + id + " are stored" + (stopped ? "; the instance is being stopped" : ""));
    }

    /**
     * Handles the processor's report that it can't process a file; other files on the instance are not affected.
     *
     * @param reason which the owner may read
     */
    public ProcessingOutcome processorFailed(String id, String reason) {
        uploads.find(id)
                .ifPresent(upload -> fail(
                        upload,
                        Set.of(Stage.UPLOADED, Stage.PROCESSING),
                        reason.isEmpty() ? "The file could not be processed." : reason));
        return new ProcessingOutcome.Settled("the instance could not process " + id + ": " + reason);
    }

    /**
     * Gives an upload up, unless the processor has accepted it: informs its owner, and stops the instance if no other
     * upload needs it.
     *
     * @param reason which the owner may read
     */
    public void giveUp(String id, String reason) {
        uploads.find(id).ifPresent(upload -> fail(upload, Set.of(Stage.UPLOADING, Stage.UPLOADED), reason));
    }

    /** Gives an upload up that is in one of these stages, or completes an interrupted failure. */
    void fail(Upload upload, Set<Stage> from, String reason) {
        if (uploads.move(upload, from, Stage.FAILED, reason)
                || uploads.find(upload.id())
                        .map(now -> now.stage() == Stage.FAILED)
                        .orElse(false)) {
            completeFailure(upload, reason);
        }
    }

    private void completeFailure(Upload upload, String reason) {
        notices.notifyOwner(upload.id());
        notices.ended(upload, Stage.FAILED, reason);
        processingInstance.release(upload.id()); // last, because a sweep completes this only while the need is there
    }

    private ProcessingOutcome bring(Upload upload, Instance instance) {
        return switch (instance.state()) {
            case STOPPED -> {
                processingInstance.start();
                yield isOver(upload.id())
                        ? releaseEnded(upload.id())
                        : new ProcessingOutcome.Wait("The processing instance is being started.");
            }
            case PENDING -> new ProcessingOutcome.Wait("The processing instance has not started yet.");
            case STOPPING -> new ProcessingOutcome.Wait("The processing instance is still stopping.", WHILE_STOPPING);
            case SHUTTING_DOWN, TERMINATED ->
                new ProcessingOutcome.Wait("The processing instance does not exist any more.");
            case RUNNING -> trouble(instance).orElseGet(() -> submit(upload, instance));
        };
    }

    /**
     * Checks whether the running instance can accept a file, and restarts it when it could not for too long.
     *
     * @return empty when it can; otherwise what was done
     */
    Optional<ProcessingOutcome> trouble(Instance instance) {
        Optional<StartCommand.Delay> delay = startCommand.pending(instance);
        if (delay.isPresent()) {
            String reason = delay.get().reason();
            return Optional.of(
                    delay.get().failed()
                            ? apply(health.notReady(instance, reason, this::lastSign), instance)
                            : new ProcessingOutcome.Wait(reason));
        }
        String address = instance.privateAddress();
        if (address == null || !processor.ready(address)) {
            String reason = "The processing instance does not answer yet.";
            return Optional.of(apply(health.notReady(instance, reason, this::lastSign), instance));
        }
        return health.ready(instance)
                ? Optional.empty()
                : Optional.of(
                        apply(new Remedy.Restart("It answers again, but its restart was decided before."), instance));
    }

    /** The metric filter ProcessorRestarts in template.yaml counts these lines by their first words. */
    private ProcessingOutcome apply(Remedy remedy, Instance instance) {
        return switch (remedy) {
            case Remedy.Wait(String reason) -> new ProcessingOutcome.Wait(reason);
            case Remedy.Restart(String reason) -> {
                log.warn("Processing instance restarted: {}: {}", instance.id(), reason);
                processingInstance.stop();
                yield new ProcessingOutcome.Wait("The processing instance is being restarted.", WHILE_STOPPING);
            }
            case Remedy.GiveUp(String reason) -> {
                log.error("Processing instance given up: {}: {}", instance.id(), reason);
                for (String id : processingInstance.neededBy()) {
                    uploads.find(id)
                            .ifPresentOrElse(
                                    upload -> fail(upload, NOT_OVER, reason), () -> processingInstance.release(id));
                }
                yield new ProcessingOutcome.Settled("all uploads have failed: " + reason);
            }
        };
    }

    private Instant lastSign() {
        return lastSign(uploadsInNeed(), processingInstance.lastResult());
    }

    /** Time of the instance's last sign of progress. Accepting a file does not count. */
    static Instant lastSign(Stream<Upload> inNeed, Instant lastResult) {
        return inNeed.filter(upload -> upload.stage() == Stage.PROCESSING && upload.progress() > 0)
                .map(Upload::lastChange)
                .filter(lastResult::isBefore)
                .max(naturalOrder())
                .orElse(lastResult);
    }

    private Stream<Upload> uploadsInNeed() {
        return processingInstance.neededBy().stream().map(uploads::find).flatMap(Optional::stream);
    }

    private boolean isOver(String id) {
        return uploads.find(id).map(upload -> upload.stage().over()).orElse(true);
    }

    private ProcessingOutcome releaseEnded(String id) {
        processingInstance.release(id);
        return new ProcessingOutcome.Settled("the upload " + id + " is over");
    }

    private ProcessingOutcome submit(Upload upload, Instance instance) {
        if (!uploads.begin(upload)) {
            return new ProcessingOutcome.Settled("another event of " + upload.id() + " was faster");
        }
        String address = requireNonNull(instance.privateAddress(), "an instance that is ready has an address");
        var answer = processor.submit(address, bucket, upload);
        return switch (answer) {
            case Processor.Answer.Accepted() -> {
                health.tookFile(instance);
                yield new ProcessingOutcome.Settled("the instance has " + upload.id());
            }
            case Processor.Answer.Unknown(String why) ->
                new ProcessingOutcome.Settled(
                        "the instance may have received " + upload.id() + "; the next sweep checks: " + why);
            case Processor.Answer.Refused(String why) -> {
                String reason = "The processing instance refused the file: " + why + ".";
                uploads.move(upload, Set.of(Stage.PROCESSING), Stage.UPLOADED, reason);
                // An instance that processes another file may be busy with it, and a restart would lose that file.
                yield uploadsInNeed().anyMatch(each -> each.stage() == Stage.PROCESSING)
                        ? new ProcessingOutcome.Wait(reason)
                        : apply(health.refused(instance, reason, this::lastSign), instance);
            }
        };
    }
}
