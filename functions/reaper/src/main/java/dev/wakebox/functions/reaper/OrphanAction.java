package dev.wakebox.functions.reaper;

import dev.wakebox.compute.launch.RunTags;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;

/** The action of a sweep for an instance or a volume that a run launched and that still exists, with the reason. */
sealed interface OrphanAction {
    /**
     * The time between the sweep that first finds an orphan and the one that ends it, so that no single observation
     * decides.
     */
    Duration GRACE = Duration.ofMinutes(2);

    String reason();

    /** The resource is needed, or was marked only recently. */
    record Keep(String reason) implements OrphanAction {}

    /** The resource is not needed: a later sweep ends it, unless that sweep finds it needed. */
    record Mark(String reason) implements OrphanAction {}

    /** The resource was marked, but is needed. */
    record Unmark(String reason) implements OrphanAction {}

    record End(String reason) implements OrphanAction {}

    /**
     * Decides by the tags.
     *
     * @param running whether its execution is running
     * @param certain whether its execution is known to have ended, so that only the reaper will end the resource
     */
    static OrphanAction of(Map<String, String> tags, boolean running, boolean certain, Instant now) {
        boolean expired = expired(tags, now);
        Optional<Instant> since = instant(tags, RunTags.ORPHAN_SINCE);
        boolean kept = tags.containsKey(RunTags.KEPT)
                && instant(tags, RunTags.EXPIRES_AT).isPresent();
        if ((running || kept) && !expired) {
            String reason = kept
                    ? "its attempt failed, and it stays until " + tags.get(RunTags.EXPIRES_AT)
                    : "its execution is running";
            return since.isPresent() ? new Unmark(reason) : new Keep(reason);
        }
        String reason = expired ? "it expired at " + tags.get(RunTags.EXPIRES_AT) : "its execution is over";
        if (certain || since.filter(at -> !now.isBefore(at.plus(GRACE))).isPresent()) {
            return new End(reason);
        }
        return since.isPresent() ? new Keep(reason + ", seen since " + since.get()) : new Mark(reason);
    }

    /** Whether the resource has expired; the state of its execution doesn't matter then. */
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
