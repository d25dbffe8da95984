package dev.wakebox.functions.processupload;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.Instance;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.runtime.ErrorReports;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.uploads.ProcessingInstance;
import dev.wakebox.uploads.Upload;
import dev.wakebox.uploads.Uploads;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends uploads that have not ended themselves, restarts an instance that does not work, and stops one that no upload
 * needs. Thread-safe.
 */
public final class UploadSweep {
    private static final Logger log = LoggerFactory.getLogger(UploadSweep.class);

    /** Idle time before an unused instance is stopped: an operator may have started it by hand just before. */
    private static final Duration IDLE = Duration.ofMinutes(5);

    /**
     * What a sweep did.
     *
     * @param uploads the action for each upload, by its id
     * @param instance the action for the instance
     */
    public record Result(Map<String, String> uploads, String instance) {}

    private final Uploads uploads;
    private final ProcessingInstance processingInstance;
    private final Processing processing;
    private final Clock clock;
    private final Duration limit;

    /** @param limit the longest time without a sign of progress while the processor has files */
    public UploadSweep(
            Uploads uploads,
            ProcessingInstance processingInstance,
            Processing processing,
            Clock clock,
            Duration limit) {
        this.uploads = requireNonNull(uploads, "uploads is null");
        this.processingInstance = requireNonNull(processingInstance, "processingInstance is null");
        this.processing = requireNonNull(processing, "processing is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.limit = requireNonNull(limit, "limit is null");
    }

    /**
     * Checks every upload and the instance once; a failure for one upload doesn't prevent the checks of the others.
     *
     * @throws WakeboxException the first failure, after all checks
     */
    public Result run() {
        Instant now = clock.instant();
        var done = new LinkedHashMap<String, String>();
        var troubles = new ArrayList<WakeboxException>();
        var uploadsById = new LinkedHashMap<String, Optional<Upload>>();
        for (String id : processingInstance.neededBy()) {
            attempt(id, troubles, () -> uploadsById.put(id, uploads.find(id)));
        }
        Instant lastSign = Processing.lastSign(
                uploadsById.values().stream().flatMap(Optional::stream), processingInstance.lastResult());
        // Described after the records were read: the instance was up when a file was submitted, so if it is down or was
        // launched later, it stopped in between.
        Optional<Instance> instance = processingInstance.describe();
        uploadsById.forEach((id, upload) -> attempt(id, troubles, () -> {
            SweepAction action = SweepAction.decide(upload, instance, lastSign, now, limit);
            settle(id, upload, action);
            done.put(id, action.reason());
        }));
        instance.filter(each -> each.state() == InstanceState.RUNNING)
                .filter(_ -> !processingInstance.neededBy().isEmpty())
                .ifPresent(each -> attempt(each.id(), troubles, () -> processing
                        .trouble(each)
                        .ifPresent(trouble -> log.info("{}", trouble.reason()))));
        boolean idle =
                instance.map(each -> now.isAfter(each.launchTime().plus(IDLE))).orElse(false);
        boolean stopped = idle && processingInstance.stopUnlessNeeded();
        if (!troubles.isEmpty()) {
            throw troubles.getFirst();
        }
        return new Result(done, stopped ? "stopped: no upload needs it" : "left as it is");
    }

    private static void attempt(String id, List<WakeboxException> troubles, Runnable step) {
        try {
            step.run();
        } catch (WakeboxException e) {
            ErrorReports.add(e);
            log.warn("{} could not be settled: {}", id, e.getMessage());
            troubles.add(e);
        }
    }

    private void settle(String id, Optional<Upload> upload, SweepAction action) {
        switch (action) {
            case SweepAction.Keep(String reason) -> {}
            case SweepAction.Release(String reason) -> processingInstance.release(id);
            case SweepAction.Fail(String reason) ->
                upload.ifPresent(each -> processing.fail(each, Set.of(each.stage()), reason));
        }
    }
}
