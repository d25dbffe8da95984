package dev.wakebox.functions.operations;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.SnakeCase;
import dev.wakebox.storage.ObjectStore;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lists the models that the training server has made, from {@code inference.json}. Thread-safe. */
final class PastModels {
    private static final String KEY = "inference.json";
    private static final int MOST = 200;
    private static final DateTimeFormatter CREATED = DateTimeFormatter.ofPattern("dd-MM-uu HH:mm", Locale.ROOT);

    /**
     * A model, as docs/trainer-image.md describes it.
     *
     * @param token of its run
     * @param accuracy a share from 0 to 1, also for images; empty if nothing was held out
     */
    @SnakeCase
    record Model(
            String token,
            String taskName,
            String taskType,
            Optional<Double> accuracy,
            int labels,
            Optional<Instant> trainedAt,
            Optional<Long> trainRows,
            Optional<Long> heldOutRows) {}

    private final ObjectStore bucket;

    PastModels(ObjectStore bucket) {
        this.bucket = requireNonNull(bucket, "bucket is null");
    }

    /** The last models, the oldest first. */
    List<Model> all() {
        JsonObject entries =
                bucket.get(KEY).map(object -> Json.object(object.body())).orElse(JsonObject.of());
        List<Model> models = entries.keySet().stream()
                .filter(entries::hasObject)
                .map(token -> model(token, entries.object(token)))
                .sorted(Comparator.comparing((Model model) -> model.trainedAt().orElse(Instant.EPOCH))
                        .thenComparing(Model::token))
                .toList();
        return models.subList(Math.max(0, models.size() - MOST), models.size());
    }

    private static Model model(String token, JsonObject entry) {
        String type = entry.asText("task_type");
        return new Model(
                token,
                entry.asText("task_name"),
                type,
                accuracy(entry.number("accuracy"), type),
                entry.list("labels").size(),
                trainedAt(entry),
                count(entry, "train_rows"),
                count(entry, "held_out_rows"));
    }

    /** Flash's page expects the accuracy of images in per cent. */
    private static Optional<Double> accuracy(@Nullable Number accuracy, String type) {
        return Optional.ofNullable(accuracy)
                .map(Number::doubleValue)
                .map(value -> type.toLowerCase(Locale.ROOT).contains("image") ? value / 100 : value)
                .filter(share -> share >= 0 && share <= 1);
    }

    private static Optional<Instant> trainedAt(JsonObject entry) {
        try {
            return entry.optionalText("trained_at").isPresent()
                    ? entry.optionalText("trained_at").map(Instant::parse)
                    : entry.optionalText("created").map(created -> LocalDateTime.parse(created, CREATED)
                            .toInstant(ZoneOffset.UTC));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<Long> count(JsonObject entry, String name) {
        return Optional.ofNullable(entry.number(name)).map(Number::longValue);
    }
}
