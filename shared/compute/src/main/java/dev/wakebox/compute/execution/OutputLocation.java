package dev.wakebox.compute.execution;

import static java.util.Objects.requireNonNull;

/**
 * Where in S3 a run writes.
 *
 * @param prefix an exact key or what keys begin with
 */
public record OutputLocation(String bucket, String prefix) {
    public OutputLocation {
        requireNonNull(bucket, "bucket is null");
        requireNonNull(prefix, "prefix is null");
    }

    /** The key of something below the prefix. */
    public String key(String name) {
        return prefix.endsWith("/") ? prefix + name : prefix + "/" + name;
    }
}
