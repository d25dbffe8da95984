package dev.wakebox.images.processor;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.function.Consumer;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** Processes one file after the other: reads it from the bucket, measures it, writes the results, the summary last. */
final class Box {
    private final S3Client s3;
    private final String api;
    private final Consumer<String> console;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    /** @param api base URL that takes reports of progress, or empty for none */
    Box(S3Client s3, String api, Consumer<String> console) {
        this.s3 = s3;
        this.api = api;
        this.console = console;
    }

    /** Does the work; what goes wrong is on the console, and no result is written then. */
    void process(String bucket, String path, String id) {
        console.accept("processing " + path);
        try {
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
        } catch (SdkException | IOException e) {
            console.accept("FAILED: " + path + ": " + e.getMessage());
        }
    }

    private void put(String bucket, String key, String csv) {
        s3.putObject(request -> request.bucket(bucket).key(key).contentType("text/csv"), RequestBody.fromString(csv));
    }

    /** Reports every quarter; a report that doesn't arrive is no reason to stop. */
    private void report(String id, int percent) {
        if (api.isEmpty() || percent % 25 != 0) {
            return;
        }
        var request = HttpRequest.newBuilder(URI.create(api + "/uploads/" + id + "/progress"))
                .timeout(Duration.ofSeconds(5))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"progress\":" + percent + "}"))
                .build();
        try {
            http.send(request, HttpResponse.BodyHandlers.discarding());
        } catch (IOException e) {
            console.accept("the report of " + percent + " % did not arrive: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
