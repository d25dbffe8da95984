package dev.wakebox.functions.processupload;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.SqsQueue;
import dev.wakebox.uploads.FailureNotice;

/** Sends to the queue of mails. Thread-safe. */
record MailQueue(SqsQueue queue) implements FailureNotices {
    MailQueue {
        requireNonNull(queue, "queue is null");
    }

    @Override
    public void notifyOwner(String uploadId) {
        queue.send(new FailureNotice(uploadId), "notify the owner of the upload " + uploadId);
    }
}
