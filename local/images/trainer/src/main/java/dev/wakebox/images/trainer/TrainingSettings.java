package dev.wakebox.images.trainer;

import static java.util.Objects.requireNonNullElse;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.TrainingJobFile;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One run as {@code training/training.json} describes it.
 *
 * @param optimizer its name in lower case, which may be unknown
 * @param heldOutPercent share of the rows that are held out for measuring
 * @param leftOutRows number of rows of the user's file that were left out of the dataset
 */
record TrainingSettings(
        String token,
        Task task,
        String optimizer,
        double learningRate,
        int batchSize,
        int epochs,
        int heldOutPercent,
        Source source,
        int leftOutRows,
        LearningRate.@Nullable ReduceOnPlateau reduceOnPlateau,
        LearningRate.@Nullable StepLr stepLr) {
    static final String KEY = TrainingJobFile.KEY;

    /** The task of a run. */
    enum Task {
        TEXT("textclassification"),
        IMAGE("imageclassification");

        private final String word;

        Task(String word) {
            this.word = word;
        }

        /** The name in the bucket. */
        String word() {
            return word;
        }
    }

    /** The location of the dataset. */
    sealed interface Source {
        /** A CSV in the order itself, as base64. */
        record Text(String base64) implements Source {}

        /** Images in the order itself: lists of base64 by label. */
        record Pictures(JsonObject byLabel) implements Source {}

        /** Another object of the bucket. */
        record Stored(String key) implements Source {}
    }

    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]+");
    private static final Pattern NAMED_TOKEN = Pattern.compile("[^-]+-(.+)-[a-z0-9]{5}");
    private static final Pattern SPLIT = Pattern.compile("\\s*(\\d{1,2})\\s*:\\s*(\\d{1,2})\\s*");

    /** @throws WakeboxException {@code INVALID_REQUEST} that names the invalid key */
    static TrainingSettings parse(byte[] json) {
        JsonObject fields = object(json);
        String token = text(fields, "token");
        if (!TOKEN.matcher(token).matches()) {
            throw wrong("token", "must consist of letters, digits, \"_\" and \"-\"");
        }
        return new TrainingSettings(
                token,
                task(text(fields, "task_type")),
                text(fields, "optimizer").toLowerCase(Locale.ROOT),
                positive(fields, "learning_rate", ""),
                atLeast(1, fields, "batch_size", ""),
                atLeast(1, fields, "epochs", ""),
                heldOutPercent(text(fields, "data_split")),
                source(fields),
                requireNonNullElse(fields.number("left_out_rows"), 0).intValue(),
                plateau(fields),
                step(fields));
    }

    /** The token in a {@code training.json}; empty when these bytes have none. */
    static Optional<String> token(byte[] json) {
        try {
            return Optional.ofNullable(Json.object(json).get("token")).map(Object::toString);
        } catch (WakeboxException e) {
            return Optional.empty();
        }
    }

    /** The name of the run; its token has {@code _} in place of each space. */
    Optional<String> taskName() {
        Matcher named = NAMED_TOKEN.matcher(token);
        return named.matches() ? Optional.of(named.group(1).replace('_', ' ')) : Optional.empty();
    }

    /** The optimizer to use: the requested one, or {@code adam} if that is unknown. */
    String knownOptimizer() {
        return Optimizer.named(optimizer, 0).isPresent() ? optimizer : "adam";
    }

    private static JsonObject object(byte[] json) {
        try {
            return Json.object(json);
        } catch (WakeboxException e) {
            throw new WakeboxException(ErrorCode.INVALID_REQUEST, KEY + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** Accepts any case, because older versions wrote {@code textClassification}. */
    private static Task task(String taskType) {
        return switch (taskType.toLowerCase(Locale.ROOT)) {
            case "textclassification", "sentimentanalysis" -> Task.TEXT;
            case "imageclassification" -> Task.IMAGE;
            default -> throw wrong("task_type", "must be \"textclassification\" or \"imageclassification\"");
        };
    }

    private static int heldOutPercent(String split) {
        Matcher parts = SPLIT.matcher(split);
        if (parts.matches()) {
            int train = Integer.parseInt(parts.group(1));
            int heldOut = Integer.parseInt(parts.group(2));
            if (train > 0 && heldOut > 0 && train + heldOut == 100) {
                return heldOut;
            }
        }
        throw wrong("data_split", "must be two positive whole numbers that add up to 100, like \"70 : 30\"");
    }

    private static Source source(JsonObject fields) {
        if (fields.get("dataset") instanceof String base64) {
            return new Source.Text(base64);
        }
        if (fields.hasObject("dataset")) {
            return new Source.Pictures(fields.object("dataset"));
        }
        if (fields.get("dataset_key") instanceof String key) {
            return new Source.Stored(key);
        }
        throw wrong(
                "dataset",
                "must be a CSV as base64 or an object of lists of images, or \"dataset_key\" the key of either");
    }

    private static LearningRate.@Nullable ReduceOnPlateau plateau(JsonObject fields) {
        String name = "reduce_lr_on_plateau";
        JsonObject plateau = objectOrFalse(fields, name);
        return plateau == null
                ? null
                : new LearningRate.ReduceOnPlateau(
                        positive(plateau, "factor", name),
                        atLeast(0, plateau, "patience", name),
                        number(plateau, "min_lr", name).doubleValue());
    }

    private static LearningRate.@Nullable StepLr step(JsonObject fields) {
        String name = "step_lr";
        JsonObject step = objectOrFalse(fields, name);
        return step == null
                ? null
                : new LearningRate.StepLr(atLeast(1, step, "step_size", name), positive(step, "gamma", name));
    }

    private static @Nullable JsonObject objectOrFalse(JsonObject fields, String name) {
        if (fields.hasObject(name)) {
            return fields.object(name);
        }
        Object value = fields.get(name);
        if (value == null || value.equals(false)) {
            return null;
        }
        throw wrong(name, "must be an object or false");
    }

    private static String text(JsonObject fields, String name) {
        String text = fields.text(name);
        if (text.isBlank()) {
            throw wrong(name, "must be a text that is not empty");
        }
        return text;
    }

    private static double positive(JsonObject fields, String name, String parent) {
        double number = number(fields, name, parent).doubleValue();
        if (number > 0 && Double.isFinite(number)) {
            return number;
        }
        throw wrong(path(parent, name), "must be above 0");
    }

    private static int atLeast(int least, JsonObject fields, String name, String parent) {
        double number = number(fields, name, parent).doubleValue();
        if (number >= least && number <= Integer.MAX_VALUE && number == Math.rint(number)) {
            return (int) number;
        }
        throw wrong(path(parent, name), "must be a whole number of at least " + least);
    }

    private static Number number(JsonObject fields, String name, String parent) {
        Number number = fields.number(name);
        if (number == null) {
            throw wrong(path(parent, name), "must be a number");
        }
        return number;
    }

    private static String path(String parent, String name) {
        return parent.isEmpty() ? name : parent + "." + name;
    }

    private static WakeboxException wrong(String field, String rule) {
        return WakeboxException.invalidField(field, KEY + " cannot be used: \"" + field + "\" " + rule + ".");
    }
}
