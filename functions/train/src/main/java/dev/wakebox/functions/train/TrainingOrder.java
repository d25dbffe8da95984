package dev.wakebox.functions.train;

import dev.wakebox.runtime.SnakeCase;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;

/**
 * What the training server reads from {@code training.json}.
 *
 * @param dataset a CSV as base64, or the images of each class; empty when it is in the bucket
 * @param datasetKey of a dataset in the bucket
 * @param reduceLrOnPlateau the settings, or false
 * @param stepLr the settings, or false
 */
@SnakeCase
record TrainingOrder(
        String token,
        String taskType,
        int numClasses,
        String optimizer,
        double learningRate,
        int batchSize,
        int epochs,
        String dataSplit,
        Optional<Object> dataset,
        Optional<Integer> leftOutRows,
        Optional<String> datasetKey,
        String model,
        Object reduceLrOnPlateau,
        Object stepLr,
        String pretrainDataset) {

    static TrainingOrder of(TrainingRequest request, String token, int classes) {
        Optional<Object> dataset = Optional.empty();
        Optional<Integer> leftOutRows = Optional.empty();
        Optional<String> datasetKey = Optional.empty();
        switch (request.dataset()) {
            case Dataset.Texts texts -> {
                dataset = Optional.of(Base64.getEncoder().encodeToString(texts.csv()));
                leftOutRows = Optional.of(texts.leftOut()).filter(rows -> rows > 0);
            }
            case Dataset.Images images -> dataset = Optional.of(images.byClass());
            case Dataset.Stored stored -> datasetKey = Optional.of(stored.key());
        }
        return new TrainingOrder(
                token,
                request.taskType().word(),
                classes,
                request.optimizer(),
                request.learningRate(),
                request.batchSize(),
                request.epochs(),
                request.dataSplit(),
                dataset,
                leftOutRows,
                datasetKey,
                request.modelType(),
                Objects.requireNonNullElse(request.plateau(), false),
                Objects.requireNonNullElse(request.step(), false),
                request.pretrainDataset());
    }
}
