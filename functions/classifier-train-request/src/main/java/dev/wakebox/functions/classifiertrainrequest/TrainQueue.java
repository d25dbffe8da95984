package dev.wakebox.functions.classifiertrainrequest;

import dev.wakebox.graphql.CallerHeaders;

/** The queue of trainings. Implementations are thread-safe. */
interface TrainQueue {
    /**
     * Sends the message that begins a training.
     *
     * @param caller on whose behalf the worker reads the training data
     * @throws dev.wakebox.runtime.WakeboxException {@code UNAVAILABLE} when the queue can't be reached, {@code
     *     INTERNAL} when it refuses
     */
    void send(String id, CallerHeaders caller);

    /**
     * Starts a worker without a training, so that the next training needs no cold start.
     *
     * @throws dev.wakebox.runtime.WakeboxException as {@link #send} does
     */
    void ping();
}
