package dev.wakebox.images.trainer;

import dev.wakebox.runtime.SnakeCase;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The entry of a model in inference.json; docs/trainer-image.md describes it.
 *
 * @param classes the labels again, for images only
 * @param downloadable false, because the front end offers downloads as PyTorch or ONNX and the model has neither format
 * @param accuracy as in the original: a share for texts, a percentage for images; null without held-out rows
 * @param accuracyPlot a JPEG as base64
 */
@SnakeCase
record InferenceEntry(
        String taskType,
        Optional<String> taskName,
        String modelFilename,
        String metadataFilename,
        String modelKey,
        List<String> labels,
        Optional<List<String>> classes,
        boolean downloadable,
        @Nullable Double accuracy,
        String accuracyPlot,
        String created,
        String trainedAt,
        int trainRows,
        int heldOutRows,
        int repeatedRows,
        int leftOutRows,
        double seconds) {}
