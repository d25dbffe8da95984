package dev.wakebox.functions.train;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Valid requests, in which a test breaks one rule. */
final class Requests {
    static final String CSV = "input,label\nhello there,greeting\nsee you,farewell\n";

    /** The first bytes of each kind of image: twelve and a few more. */
    static final Map<String, byte[]> IMAGES = Map.of(
            "png", image(0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'),
            "jpeg", image(0xFF, 0xD8, 0xFF, 0xE0),
            "gif", image('G', 'I', 'F', '8', '9', 'a'),
            "webp", image('R', 'I', 'F', 'F', 1, 2, 3, 4, 'W', 'E', 'B', 'P'),
            "bmp", image('B', 'M'));

    private Requests() {}

    static Map<String, @Nullable Object> text() {
        var body = new LinkedHashMap<String, @Nullable Object>();
        body.put("taskType", "textClassification");
        body.put("taskName", "my task");
        body.put("optimizer", "Adam");
        body.put("modelType", "BERT");
        body.put("learningRate", 0.001);
        body.put("batchSize", 16);
        body.put("epochs", 3);
        body.put("dataSplit", "70 : 30");
        body.put("reduceLrOnPlateau", true);
        body.put("reduceLrOnPlateauFactor", 0.5);
        body.put("reduceLrOnPlateauPatience", 2);
        body.put("reduceLrOnPlateauMinLr", 0.0001);
        body.put("stepLr", true);
        body.put("stepLrStepSize", 4);
        body.put("stepLrGamma", 0.1);
        body.put("dataset", base64(CSV));
        return body;
    }

    static Map<String, @Nullable Object> images() {
        var body = text();
        body.put("taskType", "imageClassification");
        body.put("dataset", classes(2, 10));
        return body;
    }

    static Map<String, @Nullable Object> stored(String key) {
        var body = text();
        body.remove("dataset");
        body.put("datasetKey", key);
        return body;
    }

    static Map<String, @Nullable Object> with(Map<String, @Nullable Object> body, String key, @Nullable Object value) {
        body.put(key, value);
        return body;
    }

    /** This many classes of this many images each, of every kind. */
    static Map<String, List<String>> classes(int classes, int images) {
        var encoded = IMAGES.values().stream()
                .map(Base64.getEncoder()::encodeToString)
                .toList();
        var byClass = new LinkedHashMap<String, List<String>>();
        for (int i = 0; i < classes; i++) {
            var list = new ArrayList<String>();
            for (int j = 0; j < images; j++) {
                list.add(encoded.get(j % encoded.size()));
            }
            byClass.put("class " + i, list);
        }
        return byClass;
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] image(int... magic) {
        byte[] bytes = new byte[32];
        for (int i = 0; i < magic.length; i++) {
            bytes[i] = (byte) magic[i];
        }
        return bytes;
    }
}
