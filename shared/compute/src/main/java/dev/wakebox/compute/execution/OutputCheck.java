package dev.wakebox.compute.execution;

import static java.util.Objects.requireNonNull;

/**
 * What has to be in S3 after the commands.
 *
 * @param folder whether the place was named by {@code --s3_prefix}: then {@code runs/1} doesn't mean {@code runs/10/x}
 */
public record OutputCheck(OutputLocation place, boolean folder) {
    /** Of a run's records: the execution that ran. Wakebox's own, so no output. */
    public static final String METADATA = "datastream-metadata/execution.json";

    /** Where Wakebox records the executions whose output is missing. */
    public static final String FAILED_EXECUTIONS = "failed_executions/";

    public OutputCheck {
        requireNonNull(place, "place is null");
    }

    /** Whether an object of this key is what was looked for: the exact key, or one that begins with the prefix. */
    public boolean accepts(String key) {
        String prefix = place.prefix();
        if (key.equals(prefix)) {
            return true;
        }
        boolean below =
                key.startsWith(prefix) && (!folder || prefix.endsWith("/") || key.charAt(prefix.length()) == '/');
        return below && !key.endsWith("/" + METADATA) && !key.startsWith(FAILED_EXECUTIONS);
    }

    @Override
    public String toString() {
        return "s3://" + place.bucket() + "/" + place.prefix();
    }
}
