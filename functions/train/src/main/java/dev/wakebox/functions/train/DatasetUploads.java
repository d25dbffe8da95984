package dev.wakebox.functions.train;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.PresignedUpload;
import dev.wakebox.storage.UploadUrls;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/** Creates the upload URL for a dataset that is too large for a request. */
record DatasetUploads(UploadUrls urls, RandomNames names) {
    private static final Duration VALIDITY = Duration.ofMinutes(15);

    /** 36^25 is more than 2^128. */
    private static final int NAME_LENGTH = 25;

    private static final Pattern UTF_8 = Pattern.compile("\\s*+(?:charset=\"?+utf-?+8\"?+\\s*+)?+");

    DatasetUploads {
        requireNonNull(urls, "urls is null");
        requireNonNull(names, "names is null");
    }

    /** The key of the dataset, and the request that uploads it. */
    record Upload(String datasetKey, PresignedUpload presigned) {}

    /** @throws WakeboxException {@code INVALID_REQUEST} with the field that breaks a rule */
    Upload create(JsonObject body) {
        var fields = new Fields(body);
        String contentType = fields.text("contentType").strip().toLowerCase(Locale.ROOT);
        String extension = extension(contentType);
        long contentLength = fields.whole("contentLength", 1, StoredDatasets.MAX_BYTES);
        String key = "datasets/" + names.next(NAME_LENGTH) + extension;
        return new Upload(key, urls.put(key, contentType, contentLength, VALIDITY));
    }

    /** Browsers name the type of a CSV after the program that opens it; on Windows that is often Excel. */
    private static String extension(String contentType) {
        String[] parts = contentType.split(";", 2);
        if (parts.length == 2 && !UTF_8.matcher(parts[1]).matches()) {
            throw WakeboxException.invalidField(
                    "contentType", "contentType may have no other parameter than \"charset=utf-8\".");
        }
        return switch (parts[0].strip()) {
            case "text/csv", "application/csv", "application/vnd.ms-excel", "text/tab-separated-values" -> ".csv";
            case "application/json" -> ".json";
            default ->
                throw WakeboxException.invalidField(
                        "contentType", "contentType must be \"text/csv\" (texts) or \"application/json\" (images).");
        };
    }
}
