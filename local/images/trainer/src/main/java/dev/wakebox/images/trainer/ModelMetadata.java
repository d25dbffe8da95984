package dev.wakebox.images.trainer;

import dev.wakebox.runtime.SnakeCase;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The file {@code metadata.json} beside a model: the data and settings of its training, and the measures of each epoch. */
@SnakeCase
record ModelMetadata(
        String token,
        String taskType,
        List<String> labels,
        String optimizer,
        double learningRate,
        int batchSize,
        int trainRows,
        int heldOutRows,
        int repeatedRows,
        int leftOutRows,
        List<EpochMeasures> epochs) {

    /** The measures of one epoch; those of held-out rows are null when there are none. */
    @SnakeCase
    record EpochMeasures(
            int epoch,
            double learningRate,
            double trainLoss,
            double trainAccuracy,
            @Nullable Double heldOutLoss,
            @Nullable Double heldOutAccuracy) {
        static EpochMeasures of(LinearTraining.Epoch epoch) {
            var heldOut = epoch.heldOut();
            return new EpochMeasures(
                    epoch.number(),
                    epoch.learningRate(),
                    epoch.train().loss(),
                    epoch.train().accuracy(),
                    heldOut == null ? null : heldOut.loss(),
                    heldOut == null ? null : heldOut.accuracy());
        }
    }
}
