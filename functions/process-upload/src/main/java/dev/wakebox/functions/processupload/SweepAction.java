package dev.wakebox.functions.processupload;

import dev.wakebox.compute.Instance;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.uploads.Upload;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What a sweep does about one upload that needs the box, and why. */
sealed interface SweepAction {
    String reason();

    /** It goes on by itself. */
    record Keep(String reason) implements SweepAction {}

    /** It is over, but the box wasn't told. */
    record Release(String reason) implements SweepAction {}

    /** It is over without results. The reason is fit for the owner's eyes. */
    record Fail(String reason) implements SweepAction {}

    /** Longer than all deliveries of an event take: 20 of 180 s, if the function dies in each. */
    Duration WAITING_LIMIT = Duration.ofMinutes(65);

    /**
     * @param lastSign when the box last made progress with an upload, or had the results of one
     * @param limit for the box to give a sign in, while it has the file
     */
    static SweepAction decide(
            Optional<Upload> found, Optional<Instance> box, Instant lastSign, Instant now, Duration limit) {
        if (found.isEmpty()) {
            return new Release("its record is gone");
        }
        Upload upload = found.get();
        return switch (upload.stage()) {
            case DONE -> new Release("it is done");
            case FAILED -> new Fail(upload.reason());
            case UPLOADING, UPLOADED ->
                now.isAfter(upload.since().plus(WAITING_LIMIT))
                        ? new Fail("The processing machine did not get ready in time.")
                        : new Keep("it waits for the box");
            case PROCESSING -> {
                // Files wait in the box, too: one that makes progress with another has not forgotten this.
                Instant since = upload.lastChange().isAfter(lastSign) ? upload.lastChange() : lastSign;
                if (now.isAfter(since.plus(limit))) {
                    yield new Fail("There was neither a result nor progress for " + limit.toMinutes() + " minutes.");
                }
                yield box.filter(instance -> hasKept(instance, upload)).isPresent()
                        ? new Keep("the box has it")
                        : new Fail("The processing machine stopped before the result was there.");
            }
        };
    }

    /** Whether the box is on, and has been since it was told of the upload: then it was already up. */
    private static boolean hasKept(Instance box, Upload upload) {
        boolean on = box.state().up() || box.state() == InstanceState.STOPPING;
        return on && !box.launchTime().isAfter(upload.since());
    }
}
