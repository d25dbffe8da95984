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
    private static final String RESULTS_KEY = "inference.json";

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
        Optional<JsonObject> entry = entry(status.token());
        webhooks.send(new Notice(
                "wakebox.training",
                entry.isPresent() ? "SUCCEEDED" : "FAILED",
                clock.instant(),
                JsonObject.of("id", status.token())
                        .with("task_type", status.taskType())
                        .withPresent(
                                "started_at",
                                Optional.ofNullable(status.since()).map(Instant::toString))
                        .withPresent("model", entry.flatMap(results -> results.optionalText("model_filename")))
                        .with("reason", reason)));
    }

    private Optional<JsonObject> entry(String token) {
        Optional<StoredObject> results = objects.get(RESULTS_KEY);
        try {
            return results.map(object -> Json.object(object.body()))
                    .filter(all -> all.hasObject(token))
                    .map(all -> all.object(token));
        } catch (WakeboxException e) {
            return Optional.empty(); // a trainer's broken file must not keep the server claimed
        }
    }
}
