package dev.wakebox.functions.train;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.SnakeCase;
import dev.wakebox.runtime.WakeboxException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A training run that satisfies every rule that can be checked without reading the bucket.
 *
 * @param plateau how the learning rate falls when the loss does not; null when it is constant
 * @param step how the learning rate falls with time; null when it is constant
 */
record TrainingRequest(
        TaskType taskType,
        String taskName,
        String optimizer,
        String modelType,
        double learningRate,
        int batchSize,
        int epochs,
        String dataSplit,
        @Nullable Plateau plateau,
        @Nullable Step step,
        String pretrainDataset,
        Dataset dataset) {

    /** "Reduce the learning rate on a plateau". */
    @SnakeCase
    record Plateau(double factor, int patience, double minLr) {}

    /** "Reduce the learning rate every so many epochs". */
    @SnakeCase
    record Step(int stepSize, double gamma) {}

    private static final double MIN_LEARNING_RATE = 1e-5;
    private static final double MAX_LEARNING_RATE = 2;
    private static final int MAX_PATIENCE = 1000;
    private static final Pattern TASK_NAME = Pattern.compile("[A-Za-z0-9 -]+");
    private static final Pattern DATA_SPLIT = Pattern.compile("\\s*+(\\d{1,2})\\s*+:\\s*+(\\d{1,2})\\s*+");
    private static final Pattern DATASET_KEY = Pattern.compile("datasets(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*+)++");
    private static final int LONGEST_KEY = 1024;

    TrainingRequest {
        requireNonNull(taskType, "taskType is null");
        requireNonNull(taskName, "taskName is null");
        requireNonNull(optimizer, "optimizer is null");
        requireNonNull(modelType, "modelType is null");
        requireNonNull(dataSplit, "dataSplit is null");
        requireNonNull(pretrainDataset, "pretrainDataset is null");
        requireNonNull(dataset, "dataset is null");
    }

    /**
     * Reads and validates the body of a request. Unknown keys are ignored.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} with the field of the first broken rule
     */
    static TrainingRequest parse(JsonObject body) {
        var fields = new Fields(body);
        TaskType taskType = TaskType.of(fields.text("taskType"));
        String taskName = taskName(fields);
        String optimizer = fields.text("optimizer").strip().toLowerCase(Locale.ROOT);
        String modelType = fields.text("modelType").strip().toLowerCase(Locale.ROOT);
        double learningRate = fields.number("learningRate", MIN_LEARNING_RATE, MAX_LEARNING_RATE);
        int batchSize = (int) fields.whole("batchSize", 1, taskType.maxBatchSize());
        int epochs = (int) fields.whole("epochs", 1, taskType.maxEpochs());
        return new TrainingRequest(
                taskType,
                taskName,
                optimizer,
                modelType,
                learningRate,
                batchSize,
                epochs,
                dataSplit(fields),
                plateau(fields, learningRate),
                step(fields),
                fields.has("pretrainDataset") ? fields.text("pretrainDataset").strip() : "scratch",
                dataset(fields, taskType));
    }

    private static String taskName(Fields fields) {
        String name = fields.text("taskName");
        if (!TASK_NAME.matcher(name).matches()) {
            throw WakeboxException.invalidField(
                    "taskName", "taskName may have letters, digits, spaces and hyphens only (A-Z, a-z, 0-9).");
        }
        return name;
    }

    private static String dataSplit(Fields fields) {
        var parts = DATA_SPLIT.matcher(fields.text("dataSplit"));
        if (parts.matches()) {
            int training = Integer.parseInt(parts.group(1));
            int test = Integer.parseInt(parts.group(2));
            if (training > 0 && test > 0 && training + test == 100) {
                return training + " : " + test;
            }
        }
        throw WakeboxException.invalidField(
                "dataSplit", "dataSplit must be two whole numbers above 0 that add up to 100, such as \"70 : 30\".");
    }

    private static @Nullable Plateau plateau(Fields fields, double learningRate) {
        if (!fields.flag("reduceLrOnPlateau")) {
            return null;
        }
        double factor = fields.fraction("reduceLrOnPlateauFactor");
        int patience = (int) fields.whole("reduceLrOnPlateauPatience", 1, MAX_PATIENCE);
        double minLr = fields.number("reduceLrOnPlateauMinLr", 0, MAX_LEARNING_RATE);
        if (minLr >= learningRate) {
            throw WakeboxException.invalidField(
                    "reduceLrOnPlateauMinLr", "reduceLrOnPlateauMinLr must be below learningRate.");
        }
        return new Plateau(factor, patience, minLr);
    }

    private static @Nullable Step step(Fields fields) {
        return fields.flag("stepLr")
                ? new Step((int) fields.whole("stepLrStepSize", 1, MAX_PATIENCE), fields.fraction("stepLrGamma"))
                : null;
    }

    private static Dataset dataset(Fields fields, TaskType taskType) {
        if (fields.has("dataset") && fields.has("datasetKey")) {
            throw WakeboxException.invalidField("datasetKey", "Send either dataset or datasetKey, not both.");
        }
        if (fields.has("datasetKey")) {
            return new Dataset.Stored(datasetKey(fields));
        }
        Object sent = fields.values().get("dataset");
        if (sent == null) {
            throw WakeboxException.invalidField(
                    "dataset",
                    "dataset is missing; send it, or upload it with POST /datasets and send its datasetKey.");
        }
        return switch (taskType) {
            case TEXT_CLASSIFICATION -> texts(sent);
            case IMAGE_CLASSIFICATION -> images(sent);
        };
    }

    private static String datasetKey(Fields fields) {
        String key = fields.values().text("datasetKey");
        if (key.length() <= LONGEST_KEY && DATASET_KEY.matcher(key).matches()) {
            return key;
        }
        throw WakeboxException.invalidField(
                "datasetKey", "datasetKey must be a key that POST /datasets has answered, such as datasets/x8k2p.csv.");
    }

    private static Dataset texts(Object sent) {
        if (!(sent instanceof String text)) {
            throw WakeboxException.invalidField("dataset", "The dataset must be a CSV as base64.");
        }
        byte[] csv = Base64Data.of(text)
                .orElseThrow(() -> WakeboxException.invalidField("dataset", "The dataset is not valid base64."))
                .bytes();
        return CsvDataset.texts(csv);
    }

    private static Dataset images(Object sent) {
        JsonObject byClass = JsonObject.from(sent)
                .orElseThrow(() -> WakeboxException.invalidField(
                        "dataset", "The dataset must be an object of classes, each a list of images as base64."));
        return new Dataset.Images(ImageDataset.images(byClass));
    }
}
