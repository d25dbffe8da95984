package dev.wakebox.functions.train;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.StoredObject;
import java.util.Optional;

/** Validates datasets in the bucket by the same rules as datasets in a request. */
record StoredDatasets(ObjectStore objects) {
    /** The largest dataset; a larger one would not fit into a function's memory. */
    static final long MAX_BYTES = 64L * 1024 * 1024;

    StoredDatasets {
        requireNonNull(objects, "objects is null");
    }

    /**
     * Validates a dataset and returns the number of its classes.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} on {@code datasetKey} when there is no such object or it is too
     *     large, on {@code dataset} when its content breaks a rule
     */
    int classes(String key, TaskType taskType) {
        long size = present(key, objects.head(key)).size();
        if (size > MAX_BYTES) {
            throw WakeboxException.invalidField(
                    "datasetKey", "The dataset has " + size + " bytes; it may have " + MAX_BYTES + " (64 MB).");
        }
        StoredObject object = present(key, objects.get(key));
        return switch (taskType) {
            case TEXT_CLASSIFICATION -> CsvDataset.texts(object.body()).classes();
            case IMAGE_CLASSIFICATION ->
                ImageDataset.images(json(object.body())).size();
        };
    }

    private static <T> T present(String key, Optional<T> found) {
        return found.orElseThrow(() -> WakeboxException.invalidField(
                "datasetKey", "There is no dataset \"" + key + "\"; upload it to the URL of POST /datasets first."));
    }

    private static JsonObject json(byte[] body) {
        try {
            return Json.object(body);
        } catch (WakeboxException e) {
            throw WakeboxException.invalidField(Dataset.FIELD, "The dataset cannot be read: " + e.getMessage());
        }
    }
}
