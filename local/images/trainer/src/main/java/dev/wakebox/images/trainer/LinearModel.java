package dev.wakebox.images.trainer;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;

/** A trained classifier: its labels and weights. */
record LinearModel<T>(Features<T> features, List<String> labels, SoftmaxRegression regression) {
    /** The label of an input. */
    String label(T input) {
        return labels.get(regression.predict(features.of(List.of(input))[0]));
    }

    /** Writes the model file; docs/trainer-image.md describes it. */
    byte[] toJson(String token) {
        return Json.bytes(JsonObject.of("format", features.format())
                .with("token", token)
                .withAll(features.parameters())
                .with("labels", labels)
                .with("weights", base64(regression.weights())));
    }

    static String base64(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
