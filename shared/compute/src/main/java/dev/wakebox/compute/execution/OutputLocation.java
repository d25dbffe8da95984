package dev.wakebox.compute.execution;

import static java.util.Objects.requireNonNull;

/**
 * The place in S3 to which a run writes.
 *
 * @param prefix an exact key or the beginning of keys
 */
public record OutputLocation(String bucket, String prefix) {
    /** The folder below the prefix with the records of a run. */
    static final String METADATA = "datastream-metadata/";

    private static final String METADATA_OF_FORCINGS = "metadata/";
    private static final String EXECUTION = "execution.json";

    public OutputLocation {
        requireNonNull(bucket, "bucket is null");
        requireNonNull(prefix, "prefix is null");
    }

    /** The key of a name below the prefix. */
    public String key(String name) {
        return prefix.endsWith("/") ? prefix + name : prefix + "/" + name;
    }

    /** The key of the object that records the execution. */
    public String execution() {
        return key((prefix.contains("forcing") ? METADATA_OF_FORCINGS : METADATA) + EXECUTION);
    }

    /** Whether this is the key of an execution's record. */
    static boolean isExecution(String key) {
        return key.endsWith("/" + METADATA + EXECUTION) || key.endsWith("/" + METADATA_OF_FORCINGS + EXECUTION);
    }
}
