package dev.wakebox.compute.execution;

import static java.util.Objects.requireNonNull;

/**
 * The output that must be in S3 after the commands.
 *
 * @param folder whether any output below the place is accepted: then {@code runs/1} doesn't include {@code runs/10/x}
 */
public record OutputCheck(OutputLocation place, boolean folder) {
    /** The folder in which Wakebox records the executions whose output is missing. */
    public static final String FAILED_EXECUTIONS = "failed_executions/";

    public OutputCheck {
        requireNonNull(place, "place is null");
    }

    /** Accepts an object with exactly the place's key, or with a key that begins with it. */
    static OutputCheck beginningWith(OutputLocation place) {
        return new OutputCheck(place, false);
    }

    /** Accepts any output below the place. */
    static OutputCheck below(OutputLocation place) {
        return new OutputCheck(place, true);
    }

    /** Whether an object with this key is the expected output; the records of a run are not. */
    public boolean accepts(String key) {
        String prefix = place.prefix();
        if (key.equals(prefix)) {
            return true;
        }
        if (!key.startsWith(prefix) || key.startsWith(FAILED_EXECUTIONS) || OutputLocation.isExecution(key)) {
            return false;
        }
        return !folder
                || ((prefix.endsWith("/") || key.charAt(prefix.length()) == '/')
                        && !key.startsWith(place.key(OutputLocation.METADATA)));
    }

    @Override
    public String toString() {
        return "s3://" + place.bucket() + "/" + place.prefix();
    }
}
