package dev.wakebox.images.trainer;

import dev.wakebox.classifier.Encoder;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.StoredObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One boot of the box: waits for a run, trains, writes the model and its entry, and deletes the run's file last. */
final class Trainer {
    /** Lets time pass. */
    interface Pause {
        void of(Duration duration) throws InterruptedException;
    }

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private final ObjectStore objects;
    private final Encoder encoder;
    private final Clock clock;
    private final Pause pause;
    private final Consumer<String> console;
    private final Fault fault;
    private final long seed;

    /** @param seed of the split and of the order of the mini-batches */
    Trainer(
            ObjectStore objects,
            Encoder encoder,
            Clock clock,
            Pause pause,
            Consumer<String> console,
            Fault fault,
            long seed) {
        this.objects = objects;
        this.encoder = encoder;
        this.clock = clock;
        this.pause = pause;
        this.console = console;
        this.fault = fault;
        this.seed = seed;
    }

    /**
     * Does the run that is asked for, or nothing when none is asked for within a minute.
     *
     * @throws WakeboxException when the run fails; its {@code training.json} is still there
     */
    void run() throws InterruptedException {
        print("waiting for %s", TrainingRequest.KEY);
        var asked = awaitRequest();
        if (asked.isEmpty()) {
            print("no %s within %d seconds: nothing to do", TrainingRequest.KEY, PATIENCE.toSeconds());
            return;
        }
        Instant begin = clock.instant();
        var request = TrainingRequest.parse(asked.get().body());
        var dataset = Dataset.parse(csv(request.source()));
        var split = dataset.split(request.heldOutPercent(), new Random(seed));
        announce(request, dataset, split);

        print("reading the rows with the sentence encoder");
        var training = new TextTraining(request, dataset.labels(), split, encoder, new Random(seed));
        print("%d features a row after %.1f s", Encoder.DIMENSION, seconds(begin));
        var progress = new Progress(request.epochs());
        TextModel model = training.run(progress);
        print("held-out accuracy %s after %.1f s", percent(progress.accuracy()), seconds(begin));

        if (cancelled(request)) {
            return;
        }
        String modelKey = "models/" + request.token() + "/model.json";
        byte[] file = model.toJson(request.token());
        objects.put(modelKey, file, "application/json", new Condition.Always());
        print("wrote %s (%d kB)", modelKey, file.length / 1000);
        new InferenceIndex(objects)
                .put(request.token(), entry(request, modelKey, model, progress.accuracy(), split, begin));
        print("wrote the entry of %s in %s", request.token(), InferenceIndex.KEY);

        if (cancelled(request)) {
            return;
        }
        objects.delete(TrainingRequest.KEY);
        print("deleted %s: done", TrainingRequest.KEY);
    }

    private Optional<StoredObject> awaitRequest() throws InterruptedException {
        Instant deadline = clock.instant().plus(PATIENCE);
        var asked = objects.get(TrainingRequest.KEY);
        while (asked.isEmpty() && clock.instant().isBefore(deadline)) {
            pause.of(BETWEEN_LOOKS);
            asked = objects.get(TrainingRequest.KEY);
        }
        return asked;
    }

    private byte[] csv(TrainingRequest.Source source) {
        return switch (source) {
            case TrainingRequest.Source.Inline(String base64) -> {
                try {
                    yield Base64.getDecoder().decode(base64);
                } catch (IllegalArgumentException e) {
                    throw new WakeboxException(
                            ErrorCode.INVALID_REQUEST, "The dataset cannot be used: it is not valid base64.", e);
                }
            }
            case TrainingRequest.Source.Stored(String key) ->
                objects.get(key)
                        .orElseThrow(() -> new WakeboxException(
                                ErrorCode.INVALID_REQUEST,
                                "The dataset cannot be used: there is no object \"" + key + "\" in the bucket."))
                        .body();
        };
    }

    private void announce(TrainingRequest request, Dataset dataset, Dataset.Split split) {
        boolean known = Optimizer.named(request.optimizer(), 0).isPresent();
        print(
                "run %s: %s, learning rate %s, batches of %d, %d epochs",
                request.token(),
                known ? request.optimizer() : "adam",
                request.learningRate(),
                request.batchSize(),
                request.epochs());
        if (!known) {
            print("there is no optimizer \"%s\" here: adam takes its place", request.optimizer());
        }
        print(
                "%d rows of %d labels: %d to learn from, %d held out",
                dataset.rows().size(),
                dataset.labels().size(),
                split.train().size(),
                split.heldOut().size());
    }

    private Map<String, @Nullable Object> entry(
            TrainingRequest request,
            String modelKey,
            TextModel model,
            @Nullable Double accuracy,
            Dataset.Split split,
            Instant begin) {
        var entry = new LinkedHashMap<String, @Nullable Object>();
        entry.put("task_type", request.taskType());
        request.taskName().ifPresent(name -> entry.put("task_name", name));
        entry.put("model_key", modelKey);
        entry.put("labels", model.labels());
        entry.put("accuracy", accuracy);
        entry.put("trained_at", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
        entry.put("train_rows", split.train().size());
        entry.put("held_out_rows", split.heldOut().size());
        entry.put("seconds", seconds(begin));
        return entry;
    }

    /** Whether the file isn't this run's any more; then all that is in the bucket belongs to others. */
    private boolean cancelled(TrainingRequest request) {
        boolean ours = objects.get(TrainingRequest.KEY)
                .flatMap(object -> TrainingRequest.token(object.body()))
                .filter(request.token()::equals)
                .isPresent();
        if (!ours) {
            print("%s is not of this run any more: cancelled, the bucket is left as it is", TrainingRequest.KEY);
        }
        return !ours;
    }

    private double seconds(Instant begin) {
        return Duration.between(begin, clock.instant()).toMillis() / 1000.0;
    }

    private static String percent(@Nullable Double share) {
        return share == null ? "not measured" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation is in a jar that nothing else needs
    private void print(String format, @Nullable Object... arguments) {
        console.accept(String.format(Locale.ROOT, format, arguments));
    }

    /** Prints each epoch, remembers the last one's accuracy, and commits the fault that was asked for. */
    private final class Progress implements TextTraining.Listener {
        private final int epochs;
        private @Nullable Double accuracy;

        Progress(int epochs) {
            this.epochs = epochs;
        }

        @Override
        public void ended(TextTraining.Epoch epoch) throws InterruptedException {
            accuracy = epoch.heldOut() == null ? null : epoch.heldOut().accuracy();
            print(
                    "epoch %2d/%d  loss %.4f  train %s  held-out %s  (learning rate %.3g)",
                    epoch.number(),
                    epochs,
                    epoch.train().loss(),
                    percent(epoch.train().accuracy()),
                    percent(accuracy),
                    epoch.learningRate());
            switch (fault) {
                case NONE -> {}
                case CRASH -> throw new WakeboxException(ErrorCode.INTERNAL, "TRAINER_FAULT=crash in the user data.");
                case HANG -> {
                    print("TRAINER_FAULT=hang in the user data: this run never ends");
                    new CountDownLatch(1).await();
                }
            }
        }

        @Nullable
        Double accuracy() {
            return accuracy;
        }
    }
}
