package dev.wakebox.functions.upload;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.SqsQueue;
import dev.wakebox.uploads.FailureReport;

/** Sends to the queue of {@code process-upload}, which ends uploads. Thread-safe. */
record EventQueue(SqsQueue queue) implements FailureReports {
    EventQueue {
        requireNonNull(queue, "queue is null");
    }

    @Override
    public void failed(String uploadId, String reason) {
        queue.send(new FailureReport(uploadId, reason), "pass on that the upload " + uploadId + " failed");
    }
}
