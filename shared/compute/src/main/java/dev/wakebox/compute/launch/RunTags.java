package dev.wakebox.compute.launch;

import dev.wakebox.compute.execution.Run;
import dev.wakebox.compute.execution.ScheduledEnd;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The tags by which Wakebox recognises the resources that it launched. It never changes a resource without {@link
 * #STACK}.
 */
public final class RunTags {
    /** The stack that launched it. */
    public static final String STACK = "wakebox:stack";

    /** The ARN of the execution for which it was launched. */
    public static final String EXECUTION = "wakebox:execution";

    public static final String ATTEMPT = "wakebox:attempt";

    /** The time after which the resource is not needed in any case. */
    public static final String EXPIRES_AT = "wakebox:expires-at";

    /** How the instance ends: {@code terminate} or {@code stop}. */
    public static final String END = "wakebox:end";

    /** On an instance: its root volume is deleted with it. On a volume: it is deleted as soon as it is not attached. */
    public static final String DELETE_VOLUME = "wakebox:delete-volume";

    /** The time when the reaper first found that the resource is not needed. */
    public static final String ORPHAN_SINCE = "wakebox:orphan-since";

    /** On an instance that was stopped and kept: it belongs to its owner from now on. */
    public static final String RELEASED = "wakebox:released";

    /** On an instance that has ended: an estimate of what its attempt cost, in US dollars. */
    public static final String COST = "wakebox:cost";

    /** On an instance whose attempt failed: it stays until it expires, so that somebody can look at it. */
    public static final String KEPT = "wakebox:kept";

    private RunTags() {}

    /** The attempt for which a resource was launched; 0 when it has no such tag. */
    public static int attempt(Map<String, String> tags) {
        String attempt = tags.getOrDefault(ATTEMPT, "");
        return attempt.matches("\\d{1,9}") ? Integer.parseInt(attempt) : 0;
    }

    static Map<String, String> of(String stack, Run run, ScheduledEnd end, boolean deleteVolume) {
        var tags = new LinkedHashMap<String, String>();
        tags.put(STACK, stack);
        tags.put(EXECUTION, run.id());
        tags.put(ATTEMPT, Integer.toString(run.attempt()));
        tags.put(EXPIRES_AT, end.at().toString());
        tags.put(END, end.terminate() ? "terminate" : "stop");
        if (deleteVolume) {
            tags.put(DELETE_VOLUME, "true");
        }
        return tags;
    }
}
