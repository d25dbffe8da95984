package dev.wakebox.status;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.StoredObject;
import dev.wakebox.webhooks.Notice;
import dev.wakebox.webhooks.Notices;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** The webhooks about runs of the training server. Thread-safe. */
public final class TrainingNotices {
    private final ObjectStore objects;
    private final Notices webhooks;
    private final Clock clock;

    /** @param objects of the bucket in which the trainer leaves its results */
    public TrainingNotices(ObjectStore objects, Notices webhooks, Clock clock) {
        this.objects = requireNonNull(objects, "objects is null");
        this.webhooks = requireNonNull(webhooks, "webhooks is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * Sends that the run which holds the claim has ended: {@code SUCCEEDED} when the trainer has left its entry,
     * otherwise {@code FAILED}. Call it before the claim is released, because a failure can be repeated only until then.
     * It reads nothing in a stack that sends no webhooks.
     *
     * @param reason in a sentence
     */
    public void ended(ServerStatus status, String reason) {
        if (!webhooks.areSent() || status.token().isEmpty()) {
            return;
        }
        send(status.token(), status.taskType(), Optional.ofNullable(status.since()), entry(status.token()), reason);
    }

    /**
     * Sends that a training has failed which has waited and never begun. Call it before the training is taken out of the
     * queue.
     *
     * @param reason in a sentence
     */
    public void neverBegan(WaitingTraining training, String reason) {
        if (webhooks.areSent()) {
            send(training.token(), training.taskType(), Optional.empty(), Optional.empty(), reason);
        }
    }

    private void send(
            String token, String taskType, Optional<Instant> started, Optional<JsonObject> entry, String reason) {
        webhooks.send(new Notice(
                "wakebox.training",
                entry.isPresent() ? "SUCCEEDED" : "FAILED",
                clock.instant(),
                JsonObject.of("id", token)
                        .with("task_type", taskType)
                        .withPresent("started_at", started.map(Instant::toString))
                        .withPresent("model", entry.flatMap(results -> results.optionalText("model_filename")))
                        .with("reason", reason)));
    }

    private Optional<JsonObject> entry(String token) {
        Optional<StoredObject> results = objects.get(TrainingJobFile.RESULTS_KEY);
        try {
            return results.map(object -> Json.object(object.body()))
                    .filter(all -> all.hasObject(token))
                    .map(all -> all.object(token));
        } catch (WakeboxException e) {
            return Optional.empty(); // a trainer's broken file must not keep the server claimed
        }
    }
}
