package dev.wakebox.functions.classifiertrainrequest;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.SqsQueue;
import dev.wakebox.classifierjobs.TrainMessage;
import dev.wakebox.graphql.CallerHeaders;

/** The queue of trainings as an SQS queue. Thread-safe. */
record SqsTrainQueue(SqsQueue queue) implements TrainQueue {
    SqsTrainQueue {
        requireNonNull(queue, "queue is null");
    }

    @Override
    public void send(String id, CallerHeaders caller) {
        queue.send(
                new TrainMessage.Train(id, caller.authorization(), caller.origin()), "put the training into the queue");
    }

    @Override
    public void ping() {
        queue.send(new TrainMessage.Ping(true), "put the ping into the queue");
    }
}
