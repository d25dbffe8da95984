package dev.wakebox.images.trainer;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One run as {@code training/training.json} asks for it.
 *
 * @param optimizer its name in lower case, which need not be one that we know
 * @param heldOutPercent of the rows that measure and don't teach
 */
record TrainingRequest(
        String token,
        String taskType,
        String optimizer,
        double learningRate,
        int batchSize,
        int epochs,
        int heldOutPercent,
        Source source,
        LearningRate.@Nullable ReduceOnPlateau reduceOnPlateau,
        LearningRate.@Nullable StepLr stepLr) {
    static final String KEY = "training/training.json";

    /** Where the rows are. */
    sealed interface Source {
        /** In the request itself, as base64. */
        record Inline(String base64) implements Source {}

        /** In another object of the bucket. */
        record Stored(String key) implements Source {}
    }

    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]+");
    private static final Pattern NAMED_TOKEN = Pattern.compile("[^-]+-(.+)-[a-z0-9]{5}");
    private static final Pattern SPLIT = Pattern.compile("\\s*(\\d{1,2})\\s*:\\s*(\\d{1,2})\\s*");

    /** @throws WakeboxException {@code INVALID_REQUEST}, naming the key that is wrong */
    static TrainingRequest parse(byte[] json) {
        Map<String, @Nullable Object> fields = object(json);
        String token = text(fields, "token");
        if (!TOKEN.matcher(token).matches()) {
            throw wrong("token", "must consist of letters, digits, \"_\" and \"-\"");
        }
        return new TrainingRequest(
                token,
                textTask(text(fields, "task_type")),
                text(fields, "optimizer").toLowerCase(Locale.ROOT),
                positive(fields, "learning_rate", ""),
                atLeast(1, fields, "batch_size", ""),
                atLeast(1, fields, "epochs", ""),
                heldOutPercent(text(fields, "data_split")),
                source(fields),
                plateau(fields),
                step(fields));
    }

    /** The token of a {@code training.json}, or empty when these bytes have none. */
    static Optional<String> token(byte[] json) {
        try {
            return Optional.ofNullable(Json.object(json).get("token")).map(Object::toString);
        } catch (WakeboxException e) {
            return Optional.empty();
        }
    }

    /** The name that the run was given, which the token carries with {@code _} for each space. */
    Optional<String> taskName() {
        Matcher named = NAMED_TOKEN.matcher(token);
        return named.matches() ? Optional.of(named.group(1).replace('_', ' ')) : Optional.empty();
    }

    private static Map<String, @Nullable Object> object(byte[] json) {
        try {
            return Json.object(json);
        } catch (WakeboxException e) {
            throw new WakeboxException(ErrorCode.INVALID_REQUEST, KEY + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static String textTask(String taskType) {
        return switch (taskType.toLowerCase(Locale.ROOT)) {
            case "textclassification", "sentimentanalysis" -> taskType;
            case "imageclassification" ->
                throw new WakeboxException(
                        ErrorCode.INVALID_REQUEST,
                        "This machine image trains text only; for imageClassification boot an image that trains on"
                                + " pictures (docs/trainer-image.md).");
            default -> throw wrong("task_type", "must be \"textClassification\" or \"sentimentAnalysis\"");
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

    private static Source source(Map<String, @Nullable Object> fields) {
        if (fields.get("dataset") instanceof String base64) {
            return new Source.Inline(base64);
        }
        if (fields.get("dataset_key") instanceof String key) {
            return new Source.Stored(key);
        }
        throw wrong("dataset", "must be a CSV as base64, or \"dataset_key\" the key of one");
    }

    private static LearningRate.@Nullable ReduceOnPlateau plateau(Map<String, @Nullable Object> fields) {
        String name = "reduce_lr_on_plateau";
        Map<?, ?> plateau = objectOrFalse(fields, name);
        return plateau == null
                ? null
                : new LearningRate.ReduceOnPlateau(
                        positive(plateau, "factor", name),
                        atLeast(0, plateau, "patience", name),
                        number(plateau, "min_lr", name).doubleValue());
    }

    private static LearningRate.@Nullable StepLr step(Map<String, @Nullable Object> fields) {
        String name = "step_lr";
        Map<?, ?> step = objectOrFalse(fields, name);
        return step == null
                ? null
                : new LearningRate.StepLr(atLeast(1, step, "step_size", name), positive(step, "gamma", name));
    }

    private static @Nullable Map<?, ?> objectOrFalse(Map<String, @Nullable Object> fields, String name) {
        Object value = fields.get(name);
        if (value instanceof Map<?, ?> object) {
            return object;
        }
        if (value == null || value.equals(false)) {
            return null;
        }
        throw wrong(name, "must be an object or false");
    }

    private static String text(Map<String, @Nullable Object> fields, String name) {
        if (fields.get(name) instanceof String text && !text.isBlank()) {
            return text;
        }
        throw wrong(name, "must be a text that is not empty");
    }

    private static double positive(Map<?, ?> fields, String name, String parent) {
        double number = number(fields, name, parent).doubleValue();
        if (number > 0 && Double.isFinite(number)) {
            return number;
        }
        throw wrong(path(parent, name), "must be above 0");
    }

    private static int atLeast(int least, Map<?, ?> fields, String name, String parent) {
        double number = number(fields, name, parent).doubleValue();
        if (number >= least && number <= Integer.MAX_VALUE && number == Math.rint(number)) {
            return (int) number;
        }
        throw wrong(path(parent, name), "must be a whole number of at least " + least);
    }

    private static Number number(Map<?, ?> fields, String name, String parent) {
        if (fields.get(name) instanceof Number number) {
            return number;
        }
        throw wrong(path(parent, name), "must be a number");
    }

    private static String path(String parent, String name) {
        return parent.isEmpty() ? name : parent + "." + name;
    }

    private static WakeboxException wrong(String field, String rule) {
        return WakeboxException.invalidField(field, KEY + " cannot be used: \"" + field + "\" " + rule + ".");
    }
}
