package dev.wakebox.images.trainer;

import dev.wakebox.classifier.Encoder;
import dev.wakebox.runtime.Json;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A learned classifier: the labels, and the weights between a sentence's vector and them. */
record TextModel(Encoder encoder, List<String> labels, SoftmaxRegression regression) {
    /** Names the layout of the file, so that a reader can refuse what it doesn't know. */
    static final String FORMAT = "wakebox-text-encoder-linear-1";

    /** The label of a text. */
    String label(String text) {
        return labels.get(regression.predict(encoder.embed(text)));
    }

    /** The model file, as docs/trainer-image.md describes it. */
    byte[] toJson(String token) {
        var file = new LinkedHashMap<String, @Nullable Object>();
        file.put("format", FORMAT);
        file.put("token", token);
        file.put("encoder", HexFormat.of().formatHex(encoder.sha256()));
        file.put("labels", labels);
        file.put("weights", base64(regression.weights()));
        return Json.bytes(file);
    }

    private static String base64(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
