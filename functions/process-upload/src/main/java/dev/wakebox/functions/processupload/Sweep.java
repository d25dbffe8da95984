package dev.wakebox.functions.processupload;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.uploads.Box;
import dev.wakebox.uploads.Upload;
import dev.wakebox.uploads.Uploads;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks after the box: ends what never ended, and stops the box when it runs for nobody. Thread-safe. */
public final class Sweep {
    private static final Logger log = LoggerFactory.getLogger(Sweep.class);

    /** As long a box may run for nobody: somebody may have started it by hand a moment ago. */
    private static final Duration IDLE = Duration.ofMinutes(5);

    private final Uploads uploads;
    private final Box box;
    private final Processing processing;
    private final Clock clock;
    private final Duration limit;

    /** @param limit for the processing of one file */
    public Sweep(Uploads uploads, Box box, Processing processing, Clock clock, Duration limit) {
        this.uploads = requireNonNull(uploads, "uploads is null");
        this.box = requireNonNull(box, "box is null");
        this.processing = requireNonNull(processing, "processing is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.limit = requireNonNull(limit, "limit is null");
    }

    /**
     * Looks once at everything; trouble with one upload doesn't keep it from the others.
     *
     * @return {@code uploads} with what was done about each, and {@code box} with what was done about the box
     * @throws WakeboxException the first trouble, after all the rest was looked at
     */
    public Map<String, Object> run() {
        Instant now = clock.instant();
        var done = new LinkedHashMap<String, String>();
        WakeboxException trouble = null;
        for (String id : box.neededBy()) {
            try {
                done.put(id, settle(id, now));
            } catch (WakeboxException e) {
                log.warn("The upload {} could not be settled: {}", id, e.getMessage());
                trouble = trouble == null ? e : trouble;
            }
        }
        boolean idle = box.look()
                .map(instance -> now.isAfter(instance.launchTime().plus(IDLE)))
                .orElse(false);
        boolean stopped = idle && box.stopUnlessNeeded();
        if (trouble != null) {
            throw trouble;
        }
        return Map.of("uploads", done, "box", stopped ? "stopped: no upload needs it" : "left as it is");
    }

    private String settle(String id, Instant now) {
        Optional<Upload> upload = uploads.find(id);
        // Looked at after the record: the box was up when it was told, so if it is down or came up later, it stopped.
        SweepAction action = SweepAction.decide(upload, box.look(), now, limit);
        switch (action) {
            case SweepAction.Keep(String reason) -> {}
            case SweepAction.Release(String reason) -> box.release(id);
            case SweepAction.Fail(String reason) ->
                upload.ifPresent(each -> processing.fail(each, Set.of(each.stage()), reason));
        }
        return action.reason();
    }
}
