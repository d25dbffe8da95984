package dev.wakebox.functions.processupload;

import dev.wakebox.compute.Instance;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.uploads.Upload;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The action of a sweep for one upload that needs the instance, and the reason. */
sealed interface SweepAction {
    String reason();

    /** The upload continues without an action. */
    record Keep(String reason) implements SweepAction {}

    /** The upload has ended, but its need for the instance remains. */
    record Release(String reason) implements SweepAction {}

    /** The upload ends without results. The owner may read the reason. */
    record Fail(String reason) implements SweepAction {}

    /** Longer than all deliveries of an event: 20 of 180 s, if the function crashes in each. */
    Duration WAITING_LIMIT = Duration.ofMinutes(65);

    /**
     * @param lastSign when the instance last made progress with an upload, or had the results of one
     * @param limit the longest time without a sign of progress while the processor has the file
     */
    static SweepAction decide(
            Optional<Upload> found,
            Optional<Instance> processingInstance,
            Instant lastSign,
            Instant now,
            Duration limit) {
        if (found.isEmpty()) {
            return new Release("its record is gone");
        }
        Upload upload = found.get();
        return switch (upload.stage()) {
            case DONE -> new Release("it is done");
            case FAILED -> new Fail(upload.reason());
            case UPLOADING, UPLOADED ->
                now.isAfter(upload.since().plus(WAITING_LIMIT))
                        ? new Fail("The processing instance did not get ready in time.")
                        : new Keep("it waits for the instance");
            case PROCESSING -> {
                // Files also wait on the instance: while it makes progress with another file, it has not lost this one.
                Instant since = upload.lastChange().isAfter(lastSign) ? upload.lastChange() : lastSign;
                if (now.isAfter(since.plus(limit))) {
                    yield new Fail("There was neither a result nor progress for " + limit.toMinutes() + " minutes.");
                }
                yield processingInstance
                                .filter(instance -> hasKept(instance, upload))
                                .isPresent()
                        ? new Keep("the instance has it")
                        : new Fail("The processing instance stopped before the result was there.");
            }
        };
    }

    /** Whether the instance is on, and has been since the upload was submitted: then it was already up. */
    private static boolean hasKept(Instance instance, Upload upload) {
        boolean on = instance.state().up() || instance.state() == InstanceState.STOPPING;
        return on && !instance.launchTime().isAfter(upload.since());
    }
}
