package dev.wakebox.images.trainer;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The result of a run, as it is written to the bucket.
 *
 * @param labels sorted
 * @param repeatedRows number of rows that equal an earlier one
 * @param leftOutRows number of rows that were not usable
 * @param seconds duration of the run
 */
record TrainingResult(
        TrainingSettings request,
        List<String> labels,
        List<LinearTraining.Epoch> epochs,
        int trainRows,
        int heldOutRows,
        int repeatedRows,
        int leftOutRows,
        Instant trainedAt,
        double seconds) {
    /** The format that the original's clean-up service reads. */
    private static final DateTimeFormatter CREATED =
            DateTimeFormatter.ofPattern("dd-MM-yy HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

    String modelKey() {
        return "models/" + request.token() + "/model.json";
    }

    String metadataKey() {
        return "models/" + request.token() + "/metadata.json";
    }

    /** The share of held-out rows with the right label after the last epoch; null when there are none. */
    @Nullable
    Double accuracy() {
        var heldOut = epochs.getLast().heldOut();
        return heldOut == null ? null : heldOut.accuracy();
    }

    /** The run's entry in inference.json. */
    InferenceEntry entry() {
        boolean image = request.task() == TrainingSettings.Task.IMAGE;
        Double accuracy = accuracy();
        return new InferenceEntry(
                request.task().word(),
                request.taskName(),
                modelKey(),
                metadataKey(),
                modelKey(),
                labels,
                image ? Optional.of(labels) : Optional.empty(),
                false,
                image && accuracy != null ? Double.valueOf(100 * accuracy) : accuracy,
                Base64.getEncoder().encodeToString(AccuracyChart.jpeg(epochs)),
                CREATED.format(trainedAt),
                trainedAt.truncatedTo(ChronoUnit.SECONDS).toString(),
                trainRows,
                heldOutRows,
                repeatedRows,
                leftOutRows,
                seconds);
    }

    /** The data and settings of the training, and the measures of each epoch. */
    ModelMetadata metadata() {
        return new ModelMetadata(
                request.token(),
                request.task().word(),
                labels,
                request.knownOptimizer(),
                request.learningRate(),
                request.batchSize(),
                trainRows,
                heldOutRows,
                repeatedRows,
                leftOutRows,
                epochs.stream().map(ModelMetadata.EpochMeasures::of).toList());
    }
}
