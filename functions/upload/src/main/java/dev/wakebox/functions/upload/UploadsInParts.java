package dev.wakebox.functions.upload;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.ObjectParts;
import dev.wakebox.storage.SearchableObjectStore;
import dev.wakebox.uploads.InParts;
import dev.wakebox.uploads.Keys;
import dev.wakebox.uploads.Stage;
import dev.wakebox.uploads.Upload;
import dev.wakebox.uploads.Uploads;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Uploads whose files are sent in parts, and go on after an interruption. Thread-safe if its random source is.
 *
 * <p>S3 takes from each URL one part of the length that follows from the announced size, so no caller can store
 * more. The key and S3's id must be those of one record, so a caller reaches only the upload that he has begun.
 */
final class UploadsInParts {
    static final Duration VALIDITY = Duration.ofMinutes(15);

    private static final Set<Stage> ARRIVED = Set.of(Stage.UPLOADED, Stage.PROCESSING, Stage.DONE);

    private final Uploads uploads;
    private final ObjectParts parts;
    private final SearchableObjectStore objects;
    private final RandomGenerator random;

    UploadsInParts(Uploads uploads, ObjectParts parts, SearchableObjectStore objects, RandomGenerator random) {
        this.uploads = requireNonNull(uploads, "uploads is null");
        this.parts = requireNonNull(parts, "parts is null");
        this.objects = requireNonNull(objects, "objects is null");
        this.random = requireNonNull(random, "random is null");
    }

    /** The names of an upload in parts: Wakebox's id, the key of the file, and S3's id. */
    record Begun(String id, String key, String uploadId) {}

    /**
     * Begins the multipart upload, then creates the record. If the record can't be created, the bucket's lifecycle rule
     * ends the multipart upload, for which no part can be signed.
     */
    Begun begin(UploadRequest request) {
        String id = UploadIds.next(random);
        String extension = request.type().extension();
        String key = Keys.video(id, extension);
        String uploadId = parts.begin(key, request.type().contentType());
        uploads.create(
                id,
                request.owner(),
                request.filename(),
                extension,
                new InParts(uploadId, requireNonNull(request.contentLength(), "contentLength is null")));
        return new Begun(id, key, uploadId);
    }

    /**
     * A URL for one part, which may be sent again.
     *
     * @throws WakeboxException {@code NOT_FOUND}, {@code INVALID_REQUEST} when the file has no such part, {@code CONFLICT}
     *     when the file has arrived or was cancelled
     */
    String url(String key, String uploadId, int number) {
        return urls(key, uploadId).apply(number);
    }

    /** As {@link #url}, for many parts: the record is read once. */
    IntFunction<String> urls(String key, String uploadId) {
        Upload upload = find(key, uploadId);
        return number -> url(upload, number);
    }

    private String url(Upload upload, int number) {
        InParts plan = plan(upload);
        if (number < 1 || number > plan.count()) {
            throw WakeboxException.invalidField(
                    "partNumber",
                    "partNumber must be a whole number from 1 to " + plan.count() + ": the file has " + plan.size()
                            + " bytes, in parts of " + InParts.PART_BYTES + ".");
        }
        if (upload.stage() != Stage.UPLOADING) {
            throw new WakeboxException(
                    ErrorCode.CONFLICT, "The upload takes no more parts: it is " + upload.stage() + ".");
        }
        return parts.url(upload.key(), plan.uploadId(), number, plan.length(number), VALIDITY);
    }

    /**
     * The parts that have arrived. Of a file that is complete these are all, so that a client goes on to {@link
     * #complete}, whose answer it may have missed.
     *
     * @throws WakeboxException {@code NOT_FOUND}
     */
    List<ObjectParts.Part> arrived(String key, String uploadId) {
        Upload upload = find(key, uploadId);
        if (ARRIVED.contains(upload.stage())) {
            return all(upload);
        }
        return parts.arrived(key, uploadId).orElseGet(() -> {
            requireStored(key);
            return all(upload);
        });
    }

    /**
     * Makes the file from its parts. A repeated call has no effect.
     *
     * @param etags by the numbers of the parts, as S3 answered them to the client
     * @throws WakeboxException {@code NOT_FOUND}, {@code INVALID_REQUEST} when a part is missing or S3 has another one
     */
    Upload complete(String key, String uploadId, SortedMap<Integer, String> etags) {
        Upload upload = find(key, uploadId);
        if (ARRIVED.contains(upload.stage())) {
            return upload;
        }
        InParts plan = plan(upload);
        if (!etags.keySet().equals(Set.copyOf(numbers(plan)))) {
            throw WakeboxException.invalidField(
                    "parts", "parts must have each part of the file once, with the numbers 1 to " + plan.count() + ".");
        }
        if (!parts.complete(key, uploadId, etags, plan.size())) {
            requireStored(key);
        }
        return upload;
    }

    /**
     * Removes the parts and ends the upload, without a mail. A file that is complete stays.
     *
     * @throws WakeboxException {@code NOT_FOUND}
     */
    void cancel(String key, String uploadId) {
        Upload upload = find(key, uploadId);
        if (parts.abort(key, uploadId)) {
            uploads.move(upload, Set.of(Stage.UPLOADING), Stage.FAILED, "The upload was cancelled.");
        }
    }

    private Upload find(String key, String uploadId) {
        return Keys.uploadOfVideo(key)
                .flatMap(video -> uploads.find(video.id()))
                .filter(upload -> upload.key().equals(key))
                .filter(upload -> upload.inParts()
                        .filter(plan -> plan.uploadId().equals(uploadId))
                        .isPresent())
                .orElseThrow(UploadsInParts::gone);
    }

    private void requireStored(String key) {
        if (objects.firstKey(key, key::equals).isEmpty()) {
            throw gone();
        }
    }

    private static WakeboxException gone() {
        return new WakeboxException(
                ErrorCode.NOT_FOUND,
                "There is no such upload in parts: it was cancelled, or not completed within a day. Begin a new one.");
    }

    private static List<ObjectParts.Part> all(Upload upload) {
        InParts plan = plan(upload);
        return numbers(plan).stream()
                .map(number -> new ObjectParts.Part(number, "\"complete\"", plan.length(number)))
                .toList();
    }

    private static List<Integer> numbers(InParts plan) {
        return IntStream.rangeClosed(1, plan.count()).boxed().toList();
    }

    private static InParts plan(Upload upload) {
        return upload.inParts().orElseThrow();
    }
}
