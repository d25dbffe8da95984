package dev.wakebox.images.processor;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/** Processes one file at a time: reads it from the bucket, measures it, and writes the results; the summary is last. */
final class FileProcessing {
    private final S3Client s3;
    private final ProgressReports reports;
    private final Consumer<String> console;

    FileProcessing(S3Client s3, ProgressReports reports, Consumer<String> console) {
        this.s3 = s3;
        this.reports = reports;
        this.console = console;
    }

    /** Processes a file. A failure is logged to the console and reported, and no result is written. */
    void process(String bucket, String path, String id) {
        console.accept("processing " + path);
        try {
            Optional<String> kind = FileKind.unfit(beginning(bucket, path));
            if (kind.isPresent()) {
                fail(path, id, "The file is " + kind.get() + ".", "it is " + kind.get());
                return;
            }
            Analysis.Tables tables;
            try (var object = s3.getObject(request -> request.bucket(bucket).key(path))) {
                tables = Analysis.of(object, object.response().contentLength(), percent -> report(id, percent));
            }
            s3.copyObject(request -> request.sourceBucket(bucket)
                    .sourceKey(path)
                    .destinationBucket(bucket)
                    .destinationKey("processed_videos/" + id + ".mp4"));
            put(bucket, "csvs/" + id + ".csv", tables.frames());
            put(bucket, "csvs/summary" + id + ".csv", tables.summary());
            console.accept("measured " + tables.frameCount() + " frames, wrote csvs/summary" + id + ".csv");
        } catch (NoSuchKeyException e) {
            fail(path, id, "The file does not exist any more.", e.getMessage());
        } catch (SdkException | IOException e) {
            fail(path, id, "The file could not be read, or its results not be written.", e.getMessage());
        }
    }

    private void fail(String path, String id, String reason, @Nullable String cause) {
        console.accept("FAILED: " + path + ": " + cause);
        reports.failed(id, reason);
    }

    private byte[] beginning(String bucket, String path) throws IOException {
        try (var object = s3.getObject(request -> request.bucket(bucket).key(path))) {
            byte[] bytes = object.readNBytes(FileKind.BYTES);
            object.abort();
            return bytes;
        }
    }

    private void put(String bucket, String key, String csv) {
        s3.putObject(request -> request.bucket(bucket).key(key).contentType("text/csv"), RequestBody.fromString(csv));
    }

    /** Reports progress in steps of 25 percent. */
    private void report(String id, int percent) {
        if (percent % 25 == 0) {
            reports.progress(id, percent);
        }
    }
}
