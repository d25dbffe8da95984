package dev.wakebox.functions.reaper;

import dev.wakebox.compute.launch.RunTags;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;

/** What a sweep does about an instance or a volume that a run launched and that isn't gone, with the reason. */
sealed interface OrphanAction {
    /** From the sweep that first sees an orphan to one that ends it, so that no single look decides alone. */
    Duration GRACE = Duration.ofMinutes(2);

    String reason();

    /** Somebody needs it, or it has only just been marked. */
    record Keep(String reason) implements OrphanAction {}

    /** Nobody needs it: a later sweep ends it, unless that sees otherwise. */
    record Mark(String reason) implements OrphanAction {}

    /** It was marked, but is needed after all. */
    record Unmark(String reason) implements OrphanAction {}

    record End(String reason) implements OrphanAction {}

    /**
     * Decides by its tags.
     *
     * @param running whether its execution is running
     * @param certain whether its execution is known to be over for good, so that nobody else will end it
     */
    static OrphanAction of(Map<String, String> tags, boolean running, boolean certain, Instant now) {
        boolean expired = expired(tags, now);
        Optional<Instant> since = instant(tags, RunTags.ORPHAN_SINCE);
        if (running && !expired) {
            String reason = "its execution is running";
            return since.isPresent() ? new Unmark(reason) : new Keep(reason);
        }
        String reason = expired ? "it expired at " + tags.get(RunTags.EXPIRES_AT) : "its execution is over";
        if (certain || since.filter(at -> !now.isBefore(at.plus(GRACE))).isPresent()) {
            return new End(reason);
        }
        return since.isPresent() ? new Keep(reason + ", seen since " + since.get()) : new Mark(reason);
    }

    /** Whether its time is over, so that it doesn't matter what its execution does. */
    static boolean expired(Map<String, String> tags, Instant now) {
        return instant(tags, RunTags.EXPIRES_AT).filter(at -> !now.isBefore(at)).isPresent();
    }

    private static Optional<Instant> instant(Map<String, String> tags, String tag) {
        try {
            return Optional.ofNullable(tags.get(tag)).map(Instant::parse);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
