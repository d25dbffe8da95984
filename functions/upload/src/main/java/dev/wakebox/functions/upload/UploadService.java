package dev.wakebox.functions.upload;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.DownloadUrls;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.PresignedUpload;
import dev.wakebox.storage.UploadUrls;
import dev.wakebox.uploads.Keys;
import dev.wakebox.uploads.Stage;
import dev.wakebox.uploads.Upload;
import dev.wakebox.uploads.Uploads;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Takes uploads and tells how far they are. Thread-safe where its random source is. */
final class UploadService {
    private static final Duration UPLOAD_VALIDITY = Duration.ofMinutes(15);
    private static final Duration LINK_VALIDITY = Duration.ofHours(1);

    /** 128 bits: nobody guesses an id. */
    private static final int ID_BYTES = 16;

    private final Uploads uploads;
    private final UploadUrls uploadUrls;
    private final DownloadUrls downloadUrls;
    private final ObjectStore objects;
    private final RandomGenerator random;

    UploadService(
            Uploads uploads,
            UploadUrls uploadUrls,
            DownloadUrls downloadUrls,
            ObjectStore objects,
            RandomGenerator random) {
        this.uploads = requireNonNull(uploads, "uploads is null");
        this.uploadUrls = requireNonNull(uploadUrls, "uploadUrls is null");
        this.downloadUrls = requireNonNull(downloadUrls, "downloadUrls is null");
        this.objects = requireNonNull(objects, "objects is null");
        this.random = requireNonNull(random, "random is null");
    }

    /** An id, and how to send the file. */
    record Announced(String id, String key, PresignedUpload presigned) {}

    /** An upload as its owner may see it. */
    record View(Upload upload, Map<String, String> links) {}

    /** Records the upload, then signs the place for its file. */
    Announced announce(UploadRequest request) {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        String id = HexFormat.of().formatHex(bytes);
        String extension = request.type().extension();
        uploads.create(id, request.owner(), request.filename(), extension);
        String key = Keys.video(id, extension);
        return new Announced(
                id, key, uploadUrls.put(key, request.type().contentType(), request.contentLength(), UPLOAD_VALIDITY));
    }

    /** @throws WakeboxException {@code NOT_FOUND} when there is no such upload (any more) */
    View view(String id) {
        Upload upload = find(id);
        var links = new LinkedHashMap<String, String>();
        if (upload.stage() == Stage.DONE) {
            link(links, "summary", Keys.summary(id));
            link(links, "csv", Keys.csv(id));
            link(links, "workbook", Keys.workbook(id));
            link(links, "video", Keys.processedVideo(id));
        }
        return new View(upload, links);
    }

    /**
     * Notes how far the box says it is, with the rules of {@link Uploads#progress}.
     *
     * @throws WakeboxException {@code NOT_FOUND} when there is no such upload (any more)
     */
    void progress(String id, int percent) {
        uploads.progress(find(id), percent);
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
