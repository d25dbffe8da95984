package dev.wakebox.uploads;

import static java.util.Objects.requireNonNull;

import dev.wakebox.jobs.Change;
import java.time.Instant;
import java.util.List;

/**
 * One uploaded file.
 *
 * @param id nobody guesses it: who knows it may look at the upload, but never learns the owner's address by it
 * @param filename as its owner calls it, with any characters
 * @param extension of the file in the bucket, in lower case
 * @param progress of the processing, in percent
 * @param history every change of stage, the oldest first
 * @param expiresAt when the record is forgotten
 */
public record Upload(
        String id,
        Owner owner,
        String filename,
        String extension,
        Stage stage,
        int progress,
        List<Change> history,
        Instant expiresAt) {
    public Upload {
        requireNonNull(id, "id is null");
        requireNonNull(owner, "owner is null");
        requireNonNull(filename, "filename is null");
        requireNonNull(extension, "extension is null");
        requireNonNull(stage, "stage is null");
        history = List.copyOf(history);
        requireNonNull(expiresAt, "expiresAt is null");
    }

    /** Why it is in its stage. */
    public String reason() {
        return history.getLast().reason();
    }

    /** When it was last heard of: it came into its stage, or progress was reported. */
    public Instant lastChange() {
        return history.getLast().at();
    }

    /** When it came into its stage; reports of progress don't count. */
    public Instant since() {
        Instant since = history.getLast().at();
        for (Change change : history.reversed()) {
            if (!change.state().equals(stage.name())) {
                return since;
            }
            since = change.at();
        }
        return since;
    }
}
