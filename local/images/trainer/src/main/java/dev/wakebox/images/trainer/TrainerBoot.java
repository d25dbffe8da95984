package dev.wakebox.images.trainer;

import dev.wakebox.classifier.Encoder;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.StoredObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One boot of the instance: waits for a training order, trains, writes the model and its inference entry, and deletes
 * the order last.
 */
final class TrainerBoot {
    /** Waits between two polls. */
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
    private final TrainerFault fault;
    private final long seed;

    /** @param seed of the split and of the order of the mini-batches */
    TrainerBoot(
            ObjectStore objects,
            Encoder encoder,
            Clock clock,
            Pause pause,
            Consumer<String> console,
            TrainerFault fault,
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
     * Executes the run of the training order; does nothing when there is none within a minute.
     *
     * @throws WakeboxException when the run fails; {@code training.json} still exists then
     */
    void run() throws InterruptedException {
        print("waiting for %s", TrainingSettings.KEY);
        var asked = awaitRequest();
        if (asked.isEmpty()) {
            print("no %s within %d seconds: nothing to do", TrainingSettings.KEY, PATIENCE.toSeconds());
            return;
        }
        Instant begin = clock.instant();
        var request = TrainingSettings.parse(asked.get().body());
        var heartbeat = new Heartbeat(objects, clock, request.token(), console);
        heartbeat.beat();
        var reader = new DatasetReader(objects);
        switch (request.task()) {
            case TEXT -> train(request, begin, heartbeat, reader.texts(request), _ -> new TextFeatures(encoder));
            case IMAGE ->
                train(request, begin, heartbeat, reader.pictures(request), split -> PictureFeatures.fit(split.train()));
        }
    }

    private <T> void train(
            TrainingSettings request,
            Instant begin,
            Heartbeat heartbeat,
            DatasetRows<T> dataset,
            Function<DatasetRows.Split<T>, Features<T>> features)
            throws InterruptedException {
        var split = dataset.split(request.heldOutPercent(), new Random(seed));
        announce(request, dataset, split);

        heartbeat.beat();
        Features<T> fitted = features.apply(split);
        var training = new LinearTraining<>(request, dataset.labels(), split, fitted, new Random(seed));
        print("%d features a row after %.1f s", fitted.dimension(), seconds(begin));
        var progress = new Progress(request.epochs(), heartbeat);
        LinearModel<T> model = training.run(progress);
        var result = new TrainingResult(
                request,
                dataset.labels(),
                progress.epochs(),
                split.train().size(),
                split.heldOut().size(),
                dataset.repeated(),
                dataset.leftOut(),
                clock.instant(),
                seconds(begin));
        print("held-out accuracy %s after %.1f s", percent(result.accuracy()), result.seconds());
        publish(result, model.toJson(request.token()));
    }

    private void publish(TrainingResult result, byte[] model) {
        TrainingSettings request = result.request();
        if (cancelled(request)) {
            return;
        }
        objects.put(result.modelKey(), model, "application/json", new Condition.Always());
        objects.put(result.metadataKey(), Json.bytes(result.metadata()), "application/json", new Condition.Always());
        print("wrote %s (%d kB) and %s", result.modelKey(), model.length / 1000, result.metadataKey());
        new InferenceIndex(objects).put(request.token(), result.entry());
        print("wrote the entry of %s in %s", request.token(), InferenceIndex.KEY);

        if (cancelled(request)) {
            return;
        }
        objects.delete(TrainingSettings.KEY);
        print("deleted %s: done", TrainingSettings.KEY);
    }

    private Optional<StoredObject> awaitRequest() throws InterruptedException {
        Instant deadline = clock.instant().plus(PATIENCE);
        var asked = objects.get(TrainingSettings.KEY);
        while (asked.isEmpty() && clock.instant().isBefore(deadline)) {
            pause.of(BETWEEN_LOOKS);
            asked = objects.get(TrainingSettings.KEY);
        }
        return asked;
    }

    private <T> void announce(TrainingSettings request, DatasetRows<T> dataset, DatasetRows.Split<T> split) {
        print(
                "run %s: %s, learning rate %s, batches of %d, %d epochs",
                request.token(),
                request.knownOptimizer(),
                request.learningRate(),
                request.batchSize(),
                request.epochs());
        if (!request.knownOptimizer().equals(request.optimizer())) {
            print("there is no optimizer \"%s\" here: adam takes its place", request.optimizer());
        }
        print(
                "%d rows of %d labels: %d to learn from, %d held out",
                dataset.rows().size(),
                dataset.labels().size(),
                split.train().size(),
                split.heldOut().size());
        if (dataset.repeated() > 0) {
            print("%d rows repeat an earlier one; copies are on the same side of the split", dataset.repeated());
        }
        if (dataset.leftOut() > 0) {
            print(
                    request.task() == TrainingSettings.Task.TEXT
                            ? "%d rows are left out: they have no input or no label"
                            : "%d images are left out: they cannot be decoded",
                    dataset.leftOut());
        }
    }

    /** Whether the training order now belongs to another run; then the bucket's objects belong to that run. */
    private boolean cancelled(TrainingSettings request) {
        boolean ours = objects.get(TrainingSettings.KEY)
                .flatMap(object -> TrainingSettings.token(object.body()))
                .filter(request.token()::equals)
                .isPresent();
        if (!ours) {
            print("%s is not of this run any more: cancelled, the bucket is left as it is", TrainingSettings.KEY);
        }
        return !ours;
    }

    private double seconds(Instant begin) {
        return Duration.between(begin, clock.instant()).toMillis() / 1000.0;
    }

    private static String percent(@Nullable Double share) {
        return share == null ? "not measured" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation is in a jar that no other code needs
    private void print(String format, @Nullable Object... arguments) {
        console.accept(String.format(Locale.ROOT, format, arguments));
    }

    /** Prints and records each epoch, and executes the requested fault. */
    private final class Progress implements LinearTraining.Listener {
        private final int asked;
        private final List<LinearTraining.Epoch> epochs = new ArrayList<>();

        private final Heartbeat heartbeat;

        Progress(int asked, Heartbeat heartbeat) {
            this.asked = asked;
            this.heartbeat = heartbeat;
        }

        @Override
        public void ended(LinearTraining.Epoch epoch) throws InterruptedException {
            epochs.add(epoch);
            heartbeat.beat();
            var heldOut = epoch.heldOut();
            print(
                    "epoch %2d/%d  loss %.4f  train %s  held-out %s  (learning rate %.3g)",
                    epoch.number(),
                    asked,
                    epoch.train().loss(),
                    percent(epoch.train().accuracy()),
                    percent(heldOut == null ? null : heldOut.accuracy()),
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

        List<LinearTraining.Epoch> epochs() {
            return List.copyOf(epochs);
        }
    }
}
