package dev.wakebox.functions.upload;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.DownloadUrls;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.PresignedUpload;
import dev.wakebox.storage.UploadUrls;
import dev.wakebox.uploads.Keys;
import dev.wakebox.uploads.Origin;
import dev.wakebox.uploads.PlainWords;
import dev.wakebox.uploads.Stage;
import dev.wakebox.uploads.Upload;
import dev.wakebox.uploads.Uploads;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Creates uploads and returns their state. Thread-safe if its random source is. */
final class UploadService {
    private static final Duration UPLOAD_VALIDITY = Duration.ofMinutes(15);
    private static final Duration LINK_VALIDITY = Duration.ofHours(1);

    private final Uploads uploads;
    private final UploadUrls uploadUrls;
    private final DownloadUrls downloadUrls;
    private final ObjectStore objects;
    private final FailureReports failures;
    private final RandomGenerator random;

    UploadService(
            Uploads uploads,
            UploadUrls uploadUrls,
            DownloadUrls downloadUrls,
            ObjectStore objects,
            FailureReports failures,
            RandomGenerator random) {
        this.uploads = requireNonNull(uploads, "uploads is null");
        this.uploadUrls = requireNonNull(uploadUrls, "uploadUrls is null");
        this.downloadUrls = requireNonNull(downloadUrls, "downloadUrls is null");
        this.objects = requireNonNull(objects, "objects is null");
        this.failures = requireNonNull(failures, "failures is null");
        this.random = requireNonNull(random, "random is null");
    }

    /** The id of a new upload, and the request that sends the file. */
    record Announced(String id, String key, PresignedUpload presigned) {}

    /** The part of an upload that its owner may see. */
    record View(Upload upload, Map<String, String> links) {}

    /** Creates the record of the upload, then signs the URL for its file. */
    Announced announce(UploadRequest request) {
        String id = UploadIds.next(random);
        String extension = request.type().extension();
        uploads.create(id, request.owner(), request.filename(), extension);
        String key = Keys.video(id, extension);
        return new Announced(
                id, key, uploadUrls.put(key, request.type().contentType(), request.contentLength(), UPLOAD_VALIDITY));
    }

    /** @throws WakeboxException {@code NOT_FOUND} when there is no such upload, or its record has expired */
    View view(String id) {
        Upload upload = find(id);
        var links = new LinkedHashMap<String, String>();
        // The page decides who may see the results of its uploads.
        if (upload.stage() == Stage.DONE && upload.origin() instanceof Origin.Announced) {
            link(links, "summary", Keys.summary(id));
            link(links, "csv", Keys.csv(id));
            link(links, "workbook", Keys.workbook(id));
            link(links, "video", Keys.processedVideo(id));
        }
        return new View(upload, links);
    }

    /**
     * Records the progress that the processor reports, by the rules of {@link Uploads#progress}.
     *
     * @throws WakeboxException {@code NOT_FOUND} when there is no such upload, or its record has expired
     */
    void progress(String id, int percent) {
        uploads.progress(find(id), percent);
    }

    /**
     * Ends an upload that the processor can't process; an upload that has ended stays unchanged.
     *
     * @param reason in the processor's words
     * @throws WakeboxException {@code NOT_FOUND} when there is no such upload, or its record has expired
     */
    void failed(String id, String reason) {
        if (!find(id).stage().over()) {
            failures.failed(id, PlainWords.sentence(reason));
        }
    }

    private Upload find(String id) {
        return uploads.find(id)
                .orElseThrow(() -> new WakeboxException(
                        ErrorCode.NOT_FOUND, "There is no such upload; uploads are forgotten after 30 days."));
    }

    private void link(Map<String, String> links, String name, String key) {
        if (objects.head(key).isPresent()) {
            links.put(name, downloadUrls.get(key, LINK_VALIDITY));
        }
    }
}
