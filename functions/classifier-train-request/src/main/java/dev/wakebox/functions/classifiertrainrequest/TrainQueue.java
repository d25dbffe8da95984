package dev.wakebox.functions.classifiertrainrequest;

import org.jspecify.annotations.Nullable;

/** Where the workers find what to train. Implementations are thread-safe. */
interface TrainQueue {
    /**
     * Leaves a training to a worker.
     *
     * @param authorization the header of who asked, which the worker shows to the source of the training data; or null
     * @throws dev.wakebox.runtime.WakeboxException {@code UNAVAILABLE} when the queue can't be reached, {@code INTERNAL}
     *     when it refuses
     */
    void send(String id, @Nullable String authorization);
}
