package dev.wakebox.functions.train;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.PresignedUpload;
import dev.wakebox.storage.UploadUrls;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gives out a place for one dataset that is too big to be sent along. */
record DatasetUploads(UploadUrls urls, RandomNames names) {
    private static final Duration VALIDITY = Duration.ofMinutes(15);

    /** 36^25 is more than 2^128. */
    private static final int NAME_LENGTH = 25;

    DatasetUploads {
        requireNonNull(urls, "urls is null");
        requireNonNull(names, "names is null");
    }

    /** A key, and how to put the dataset there. */
    record Upload(String datasetKey, PresignedUpload presigned) {}

    /** @throws WakeboxException {@code INVALID_REQUEST} with the field that breaks a rule */
    Upload create(Map<String, @Nullable Object> body) {
        var fields = new Fields(body);
        String contentType = fields.text("contentType").toLowerCase(Locale.ROOT);
        String extension =
                switch (contentType) {
                    case "text/csv" -> ".csv";
                    case "application/json" -> ".json";
                    default ->
                        throw WakeboxException.invalidField(
                                "contentType",
                                "contentType must be \"text/csv\" (texts) or \"application/json\" (images).");
                };
        long contentLength = fields.whole("contentLength", 1, StoredDatasets.MAX_BYTES);
        String key = "datasets/" + names.next(NAME_LENGTH) + extension;
        return new Upload(key, urls.put(key, contentType, contentLength, VALIDITY));
    }
}
