package dev.wakebox.functions.processupload;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.SqsQueue;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.uploads.FailureNotice;
import dev.wakebox.uploads.Stage;
import dev.wakebox.uploads.Upload;
import dev.wakebox.webhooks.Notice;
import dev.wakebox.webhooks.Notices;
import java.time.Clock;

/** Sends to the queue of mails, and to that of webhooks. Thread-safe. */
record MailQueue(SqsQueue queue, Notices webhooks, Clock clock) implements FailureNotices {
    MailQueue {
        requireNonNull(queue, "queue is null");
        requireNonNull(webhooks, "webhooks is null");
        requireNonNull(clock, "clock is null");
    }

    @Override
    public void notifyOwner(String uploadId) {
        queue.send(new FailureNotice(uploadId), "notify the owner of the upload " + uploadId);
    }

    /** The webhook has what {@code GET /uploads/{id}} shows, without the links. */
    @Override
    public void ended(Upload upload, Stage stage, String reason) {
        webhooks.send(new Notice(
                "wakebox.upload",
                stage.name(),
                clock.instant(),
                JsonObject.of("id", upload.id())
                        .with("filename", upload.filename())
                        .with("state", stage.name())
                        .with("reason", reason)));
    }
}
