package dev.wakebox.functions.train;

import dev.wakebox.runtime.WakeboxException;
import java.util.Locale;

/** The task of a run, with its limits. */
enum TaskType {
    TEXT_CLASSIFICATION("textclassification", 256, 20),
    IMAGE_CLASSIFICATION("imageclassification", 32, 10);

    private final String word;
    private final int maxBatchSize;
    private final int maxEpochs;

    TaskType(String word, int maxBatchSize, int maxEpochs) {
        this.word = word;
        this.maxBatchSize = maxBatchSize;
        this.maxEpochs = maxEpochs;
    }

    /** The name in the bucket: in status.json, in the training order, and as the first part of tokens and keys. */
    String word() {
        return word;
    }

    int maxBatchSize() {
        return maxBatchSize;
    }

    int maxEpochs() {
        return maxEpochs;
    }

    /** The task type of a request, in any case; {@code sentimentAnalysis} is the older name of text classification. */
    static TaskType of(String sent) {
        return switch (sent.toLowerCase(Locale.ROOT)) {
            case "textclassification", "sentimentanalysis" -> TEXT_CLASSIFICATION;
            case "imageclassification" -> IMAGE_CLASSIFICATION;
            default ->
                throw WakeboxException.invalidField(
                        "taskType", "taskType must be \"textClassification\" or \"imageClassification\".");
        };
    }
}
