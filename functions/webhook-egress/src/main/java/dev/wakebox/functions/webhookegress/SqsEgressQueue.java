package dev.wakebox.functions.webhookegress;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.SqsQueue;
import dev.wakebox.egress.QueuedJob;
import java.time.Duration;

/** The queue as an SQS queue. Thread-safe. */
record SqsEgressQueue(SqsQueue queue) implements EgressQueue {
    SqsEgressQueue {
        requireNonNull(queue, "queue is null");
    }

    @Override
    public void enqueue(String id, Duration delay, boolean precaution) {
        queue.send(new QueuedJob(id, precaution), delay, "leave the job \"" + id + "\" to the queue worker");
    }
}
