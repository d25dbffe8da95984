package dev.wakebox.compute.launch;

import dev.wakebox.compute.execution.Run;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** The tags by which Wakebox knows again what it launched; what doesn't bear {@link #STACK} is never touched. */
public final class RunTags {
    /** The stack that launched it. */
    public static final String STACK = "wakebox:stack";

    /** The ARN of the execution that it was launched for. */
    public static final String EXECUTION = "wakebox:execution";

    public static final String ATTEMPT = "wakebox:attempt";

    /** When nobody needs it any more, whatever else happens. */
    public static final String EXPIRES_AT = "wakebox:expires-at";

    /** How the instance ends: {@code terminate} or {@code stop}. */
    public static final String END = "wakebox:end";

    /** On an instance: its root volume goes too. On a volume: it goes as soon as nothing holds it. */
    public static final String DELETE_VOLUME = "wakebox:delete-volume";

    /** When the reaper first saw that nobody needs it. */
    public static final String ORPHAN_SINCE = "wakebox:orphan-since";

    /** On an instance that was stopped to be kept: it is its owner's from now on. */
    public static final String RELEASED = "wakebox:released";

    private RunTags() {}

    /** Which attempt of its run something was launched for; 0 when its tag doesn't say. */
    public static int attempt(Map<String, String> tags) {
        String attempt = tags.getOrDefault(ATTEMPT, "");
        return attempt.matches("\\d{1,9}") ? Integer.parseInt(attempt) : 0;
    }

    static Map<String, String> of(String stack, Run run, Instant expiresAt, boolean terminate, boolean deleteVolume) {
        var tags = new LinkedHashMap<String, String>();
        tags.put(STACK, stack);
        tags.put(EXECUTION, run.id());
        tags.put(ATTEMPT, Integer.toString(run.attempt()));
        tags.put(EXPIRES_AT, expiresAt.toString());
        tags.put(END, terminate ? "terminate" : "stop");
        if (deleteVolume) {
            tags.put(DELETE_VOLUME, "true");
        }
        return tags;
    }
}
