package dev.wakebox.functions.classifiertrain;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.SqsQueue;
import dev.wakebox.classifierjobs.TrainMessage;
import dev.wakebox.graphql.CallerHeaders;
import java.time.Duration;

/** Sends delayed messages to the queue of trainings. Thread-safe. */
record SqsWatch(SqsQueue queue) implements Watch {
    SqsWatch {
        requireNonNull(queue, "queue is null");
    }

    @Override
    public void schedule(String id, CallerHeaders caller, Duration after) {
        queue.send(
                new TrainMessage.Check(id, caller.authorization(), caller.origin()),
                after,
                "schedule the check of the training");
    }
}
