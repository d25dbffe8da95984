package dev.wakebox.webhooks;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.SqsQueue;
import dev.wakebox.runtime.Rehearsal;
import software.amazon.awssdk.services.sqs.SqsClient;

/** The queue of the function that sends the webhooks. Thread-safe. */
record NoticeQueue(SqsQueue queue) implements Notices {
    NoticeQueue {
        requireNonNull(queue, "queue is null");
    }

    static NoticeQueue of(SqsClient sqs, String url) {
        return new NoticeQueue(new SqsQueue(sqs, url));
    }

    /** Sends nothing during priming. */
    @Override
    public void send(Notice notice) {
        if (Rehearsal.current().isPresent()) {
            return;
        }
        queue.send(notice.toJson(), "send the notice that " + notice.detail().asText("id") + " has ended");
    }
}
