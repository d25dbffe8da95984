package dev.wakebox.functions.train;

import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.Unicode;
import dev.wakebox.runtime.WakeboxException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules for {@code {class: [base64 images]}}. */
final class ImageDataset {
    private static final int MIN_CLASSES = 2;
    private static final int MAX_CLASSES = 10;
    private static final int MIN_IMAGES = 10;
    private static final int MAX_IMAGES = 100;

    private static final int LONGEST_MAGIC = 12;
    /** The first bytes, in hex, of PNG, JPEG, GIF, WebP and BMP. */
    private static final Pattern MAGIC =
            Pattern.compile("(?:89504e470d0a1a0a|ffd8ff|474946383[79]61|52494646.{8}57454250|424d).*");

    private ImageDataset() {}

    /**
     * Checks every rule and returns the images as plain base64.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} on the field {@code dataset} that names the first broken rule
     */
    static Map<String, List<String>> images(JsonObject dataset) {
        if (dataset.size() < MIN_CLASSES || dataset.size() > MAX_CLASSES) {
            throw refused("The dataset must have " + MIN_CLASSES + " to " + MAX_CLASSES + " classes, it has "
                    + dataset.size() + ".");
        }
        var byClass = new LinkedHashMap<String, List<String>>();
        dataset.forEach((name, images) -> byClass.put(className(name), images(name, images)));
        return byClass;
    }

    private static String className(String name) {
        if (name.isBlank()) {
            throw refused("A class of the dataset has no name.");
        }
        if (name.length() > Fields.LONGEST_TEXT) {
            throw refused("The name of a class of the dataset must not be longer than " + Fields.LONGEST_TEXT
                    + " characters.");
        }
        if (!Unicode.isValid(name)) {
            throw refused("The name of a class of the dataset has a character that is not valid Unicode.");
        }
        return name;
    }

    private static List<String> images(String name, @Nullable Object value) {
        String where = "The class \"" + name + "\" of the dataset";
        if (!(value instanceof List<?> list)) {
            throw refused(where + " must be a list of images as base64.");
        }
        if (list.size() < MIN_IMAGES || list.size() > MAX_IMAGES) {
            throw refused(
                    where + " must have " + MIN_IMAGES + " to " + MAX_IMAGES + " images, it has " + list.size() + ".");
        }
        var images = new ArrayList<String>(list.size());
        for (Object image : list) {
            String which = "Image " + (images.size() + 1) + " of the class \"" + name + "\"";
            if (!(image instanceof String text)) {
                throw refused(which + " must be base64.");
            }
            Base64Data data = Base64Data.of(text).orElseThrow(() -> refused(which + " is not valid base64."));
            if (!isImage(data.bytes())) {
                throw refused(which + " is not a PNG, JPEG, GIF, WebP or BMP image.");
            }
            images.add(data.text());
        }
        return images;
    }

    private static boolean isImage(byte[] bytes) {
        String start = HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, LONGEST_MAGIC));
        return bytes.length >= LONGEST_MAGIC && MAGIC.matcher(start).matches();
    }

    private static WakeboxException refused(String message) {
        return WakeboxException.invalidField(Dataset.FIELD, message);
    }
}
