package dev.wakebox.functions.processupload;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.Instance;
import dev.wakebox.uploads.Box;
import dev.wakebox.uploads.Keys;
import dev.wakebox.uploads.Stage;
import dev.wakebox.uploads.Upload;
import dev.wakebox.uploads.Uploads;
import java.util.Optional;
import java.util.Set;

/**
 * Brings each uploaded file to the box once, and lets the box sleep when nobody needs it. Thread-safe; the same event may
 * come any number of times, at the same time and in any order.
 *
 * <p>An upload is marked as over before it stops needing the box, and looked at again after it has begun to need it and
 * after the box was started for it. So a late event never keeps the box awake.
 */
public final class Processing {
    private final Uploads uploads;
    private final Box box;
    private final Processor processor;
    private final FailureNotices notices;
    private final String bucket;

    public Processing(Uploads uploads, Box box, Processor processor, FailureNotices notices, String bucket) {
        this.uploads = requireNonNull(uploads, "uploads is null");
        this.box = requireNonNull(box, "box is null");
        this.processor = requireNonNull(processor, "processor is null");
        this.notices = requireNonNull(notices, "notices is null");
        this.bucket = requireNonNull(bucket, "bucket is null");
    }

    /** Acts on the news that a file was uploaded. */
    public Outcome fileArrived(String id) {
        Optional<Upload> found = uploads.find(id);
        if (found.isEmpty()) {
            return new Outcome.Settled("nobody announced the upload " + id);
        }
        Upload upload = found.get();
        switch (upload.stage()) {
            case UPLOADING -> uploads.move(upload, Set.of(Stage.UPLOADING), Stage.UPLOADED, "The file has arrived.");
            case UPLOADED -> {}
            case PROCESSING -> {
                return new Outcome.Settled("the box has " + id + " already");
            }
            case DONE, FAILED -> {
                return letGo(id); // an earlier delivery may have begun to need the box too late
            }
        }
        if (!box.need(id)) {
            return new Outcome.Wait("The processing machine is just being stopped.");
        }
        if (isOver(id)) {
            return letGo(id);
        }
        return box.look()
                .map(instance -> bring(upload, instance))
                .orElseGet(() -> new Outcome.Wait("The processing machine does not exist."));
    }

    /** Acts on the news that the results of an upload are there. */
    public Outcome resultArrived(String id) {
        Optional<Upload> found = uploads.find(id);
        if (found.isEmpty()) {
            return new Outcome.Settled("nobody announced the upload " + id);
        }
        uploads.done(found.get());
        return new Outcome.Settled(
                box.done(id)
                        ? "the results of " + id + " are there; the box is stopped"
                        : "the results of " + id + " are there");
    }

    /**
     * Gives an upload up, unless the box has it: its owner is told, and the box sleeps if nobody else needs it.
     *
     * @param reason fit for the owner's eyes
     */
    public void giveUp(String id, String reason) {
        uploads.find(id).ifPresent(upload -> fail(upload, Set.of(Stage.UPLOADING, Stage.UPLOADED), reason));
    }

    /** Gives an upload up that is in one of these stages, or has been given up but not to the end. */
    void fail(Upload upload, Set<Stage> from, String reason) {
        if (uploads.move(upload, from, Stage.FAILED, reason)
                || uploads.find(upload.id())
                        .map(now -> now.stage() == Stage.FAILED)
                        .orElse(false)) {
            notices.tell(upload.id());
            box.release(upload.id());
        }
    }

    private Outcome bring(Upload upload, Instance instance) {
        return switch (instance.state()) {
            case STOPPED -> {
                box.start();
                yield isOver(upload.id())
                        ? letGo(upload.id())
                        : new Outcome.Wait("The processing machine is being started.");
            }
            case PENDING -> new Outcome.Wait("The processing machine has not started yet.");
            case STOPPING -> new Outcome.Wait("The processing machine is still stopping.");
            case SHUTTING_DOWN, TERMINATED -> new Outcome.Wait("The processing machine does not exist any more.");
            case RUNNING -> {
                String address = instance.privateAddress();
                yield address != null && processor.healthy(address)
                        ? submit(upload, address)
                        : new Outcome.Wait("The processing machine does not answer yet.");
            }
        };
    }

    private boolean isOver(String id) {
        return uploads.find(id).map(upload -> upload.stage().over()).orElse(true);
    }

    private Outcome letGo(String id) {
        box.release(id);
        return new Outcome.Settled("the upload " + id + " is over");
    }

    private Outcome submit(Upload upload, String address) {
        if (!uploads.begin(upload)) {
            return new Outcome.Settled("another event of " + upload.id() + " was faster");
        }
        var answer = processor.submit(address, bucket, Keys.video(upload.id(), upload.extension()), upload.id());
        return switch (answer) {
            case Processor.Answer.Accepted() -> new Outcome.Settled("the box has " + upload.id());
            case Processor.Answer.Unknown(String why) ->
                new Outcome.Settled("whether the box has " + upload.id() + " will show: " + why);
            case Processor.Answer.Refused(String why) -> {
                String reason = "The processing machine refused the file: " + why + ".";
                uploads.move(upload, Set.of(Stage.PROCESSING), Stage.UPLOADED, reason);
                yield new Outcome.Wait(reason);
            }
        };
    }
}
