package dev.wakebox.jobs;

import static java.util.Objects.requireNonNull;

/**
 * The id of a job.
 *
 * @param kind the kind of job, without {@code #}; ids are unique within a kind
 */
public record JobId(String kind, String id) {
    public JobId {
        requireNonNull(kind, "kind is null");
        requireNonNull(id, "id is null");
        if (kind.isEmpty() || kind.contains("#") || id.isEmpty()) {
            throw new IllegalArgumentException(
                    "A job needs a kind without # and an id, not \"" + kind + "\", \"" + id + "\".");
        }
    }

    @Override
    public String toString() {
        return kind + "#" + id;
    }
}
