package dev.wakebox.functions.processupload;

import static java.util.Comparator.naturalOrder;
import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.Instance;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.uploads.Box;
import dev.wakebox.uploads.Stage;
import dev.wakebox.uploads.Upload;
import dev.wakebox.uploads.Uploads;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
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

    /** @param limit for the box to give a sign in, while it has files */
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
        var troubles = new ArrayList<WakeboxException>();
        var uploadsById = new LinkedHashMap<String, Optional<Upload>>();
        for (String id : box.neededBy()) {
            attempt(id, troubles, () -> uploadsById.put(id, uploads.find(id)));
        }
        Instant lastSign = lastSign(uploadsById.values());
        // Looked at after the records: the box was up when it was told, so if it is down or came up later, it stopped.
        Optional<Instance> instance = box.look();
        uploadsById.forEach((id, upload) -> attempt(id, troubles, () -> {
            SweepAction action = SweepAction.decide(upload, instance, lastSign, now, limit);
            settle(id, upload, action);
            done.put(id, action.reason());
        }));
        boolean idle =
                instance.map(each -> now.isAfter(each.launchTime().plus(IDLE))).orElse(false);
        boolean stopped = idle && box.stopUnlessNeeded();
        if (!troubles.isEmpty()) {
            throw troubles.getFirst();
        }
        return Map.of("uploads", done, "box", stopped ? "stopped: no upload needs it" : "left as it is");
    }

    private static void attempt(String id, List<WakeboxException> troubles, Runnable step) {
        try {
            step.run();
        } catch (WakeboxException e) {
            log.warn("The upload {} could not be settled: {}", id, e.getMessage());
            troubles.add(e);
        }
    }

    /** When the box last showed that it works; that it took a file doesn't. */
    private Instant lastSign(Collection<Optional<Upload>> found) {
        Instant result = box.lastResult();
        return found.stream()
                .flatMap(Optional::stream)
                .filter(upload -> upload.stage() == Stage.PROCESSING && upload.progress() > 0)
                .map(Upload::lastChange)
                .filter(result::isBefore)
                .max(naturalOrder())
                .orElse(result);
    }

    private void settle(String id, Optional<Upload> upload, SweepAction action) {
        switch (action) {
            case SweepAction.Keep(String reason) -> {}
            case SweepAction.Release(String reason) -> box.release(id);
            case SweepAction.Fail(String reason) ->
                upload.ifPresent(each -> processing.fail(each, Set.of(each.stage()), reason));
        }
    }
}
