package dev.wakebox.images.trainer;

import dev.wakebox.runtime.Json;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/** A {@code training.json} with a small dataset that can be learned; each test changes it. */
final class Requests {
    static final String TOKEN = "textclassification-my_task-x8k2p";

    private Requests() {}

    static Map<String, @Nullable Object> valid() {
        var fields = new LinkedHashMap<String, @Nullable Object>();
        fields.put("token", TOKEN);
        fields.put("task_type", "textclassification");
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

    /** A run on pictures of two kinds: a red square or a green disc on a grey background. */
    static Map<String, @Nullable Object> images() {
        var fields = valid();
        fields.put("task_type", "imageclassification");
        fields.put("num_classes", 2);
        fields.put("learning_rate", 0.01);
        fields.put("dataset", pictures(12));
        return fields;
    }

    /** This many pictures of each kind, alternately PNG and JPEG. */
    static Map<String, @Nullable Object> pictures(int each) {
        var byLabel = new LinkedHashMap<String, @Nullable Object>();
        for (String label : List.of("square", "disc")) {
            var files = new ArrayList<String>();
            for (int i = 0; i < each; i++) {
                files.add(Base64.getEncoder().encodeToString(picture(label, i)));
            }
            byLabel.put(label, files);
        }
        return byLabel;
    }

    static byte[] picture(String label, int number) {
        var image = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.GRAY);
        graphics.fillRect(0, 0, 64, 48);
        graphics.setColor(label.equals("square") ? Color.RED : Color.GREEN);
        int x = number * 7 % 34;
        int y = number * 5 % 18;
        if (label.equals("square")) {
            graphics.fillRect(x, y, 30, 30);
        } else {
            graphics.fillOval(x, y, 30, 30);
        }
        graphics.dispose();
        return file(image, number % 2 == 0 ? "png" : "jpeg");
    }

    static byte[] file(BufferedImage image, String format) {
        var file = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, format, file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file.toByteArray();
    }

    /** 60 rows of three labels, which two words each distinguish. */
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
