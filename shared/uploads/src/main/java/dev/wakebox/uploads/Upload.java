package dev.wakebox.uploads;

import static java.util.Objects.requireNonNull;

import dev.wakebox.jobs.Change;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One uploaded file.
 *
 * @param id an id that can't be guessed: a caller with the id may read the upload, but never gets the owner's address
 * @param origin the source of the upload
 * @param filename as its owner sees it, in plain words
 * @param extension of the file in the bucket
 * @param progress of the processing, in percent
 * @param inParts how the file is sent in parts; empty when it is sent at once
 * @param history every change of stage, the oldest first
 * @param expiresAt when the record expires
 */
public record Upload(
        String id,
        Origin origin,
        Owner owner,
        String filename,
        String extension,
        Stage stage,
        int progress,
        Optional<InParts> inParts,
        List<Change> history,
        Instant expiresAt) {
    public Upload {
        requireNonNull(id, "id is null");
        requireNonNull(origin, "origin is null");
        requireNonNull(owner, "owner is null");
        filename = PlainWords.filename(filename);
        requireNonNull(extension, "extension is null");
        requireNonNull(stage, "stage is null");
        requireNonNull(inParts, "inParts is null");
        history = List.copyOf(history);
        requireNonNull(expiresAt, "expiresAt is null");
    }

    /** The key of its file in the data bucket. */
    public String key() {
        return Keys.video(id, extension);
    }

    /** The reason for its current stage. */
    public String reason() {
        return history.getLast().reason();
    }

    /** The time of its last change: of its stage, or of its progress. */
    public Instant lastChange() {
        return history.getLast().at();
    }

    /** The time when it entered its current stage; reports of progress don't count. */
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
