package dev.wakebox.images.trainer;

import dev.wakebox.runtime.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A {@code training.json} of a small set that can be learned, to change from test to test. */
final class Requests {
    static final String TOKEN = "textClassification-my_task-x8k2p";

    private Requests() {}

    static Map<String, @Nullable Object> valid() {
        var fields = new LinkedHashMap<String, @Nullable Object>();
        fields.put("token", TOKEN);
        fields.put("task_type", "textClassification");
        fields.put("num_classes", 3);
        fields.put("optimizer", "adam");
        fields.put("learning_rate", 0.05);
        fields.put("batch_size", 8);
        fields.put("epochs", 6);
        fields.put("data_split", "70 : 30");
        fields.put("dataset", Base64.getEncoder().encodeToString(csv().getBytes(StandardCharsets.UTF_8)));
        fields.put("model", "distilbert");
        fields.put("reduce_lr_on_plateau", false);
        fields.put("step_lr", false);
        fields.put("pretrain_dataset", "scratch");
        return fields;
    }

    static byte[] with(String key, @Nullable Object value) {
        var fields = valid();
        fields.put(key, value);
        return Json.bytes(fields);
    }

    static byte[] without(String key) {
        var fields = valid();
        fields.remove(key);
        return Json.bytes(fields);
    }

    /** 60 rows of three labels that two words each tell apart. */
    static String csv() {
        var csv = new StringBuilder("input,label\n");
        for (int row = 0; row < 20; row++) {
            csv.append("where is parcel ").append(row).append(" the courier is late,delivery\n");
            csv.append("please refund my money for order ").append(row).append(",refund\n");
            csv.append("\"I forgot my password, help ").append(row).append("\",password\n");
        }
        return csv.toString();
    }
}
