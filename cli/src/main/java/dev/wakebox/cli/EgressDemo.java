package dev.wakebox.cli;

import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * The third part of the demo: outputs of the video-analysis platform are stored before they expire, although the
 * platform breaks connections, sends a webhook twice, and gets a request for an unknown job. A video that is put into
 * the bucket leads to labels there.
 */
final class EgressDemo {
    private static final int BYTES = 12_000_000;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Application application;
    private final PrintStream out;
    private final Clock clock;
    private final Timeline timeline;

    EgressDemo(Application application, PrintStream out, Clock clock) {
        this.application = application;
        this.out = out;
        this.clock = clock;
        this.timeline = new Timeline(out, clock);
    }

    /** Runs the scenario; empty when every expected step was observed, otherwise the first missing one. */
    Optional<String> run() throws IOException, InterruptedException {
        out.println(
                "\nThe video-analysis platform completes jobs; their outputs go into the bucket before they expire.\n");
        String id = UUID.randomUUID().toString();
        application.order(id, "bytes=" + BYTES + "&fault=cut&value=5000000&times=1");
        timeline.add("platform has the output of job " + id + ": 12 MB, and will break off once after 5 MB");

        var first = complete(id);
        timeline.add("POST /job-complete  " + first.status() + "  " + first.text("bytes") + " bytes at "
                + first.text("key"));
        timeline.detail("sha256 " + first.text("sha256"));
        var second = complete(id);
        timeline.add("POST /job-complete  " + second.status() + "  duplicate: " + second.text("duplicate")
                + " (nothing was downloaded again)");
        var unknown = complete("no-such-job");
        timeline.add("POST /job-complete  " + unknown.status() + "  " + unknown.text("message"));
        var hostile = complete("../status");
        timeline.add("POST /job-complete  " + hostile.status() + "  " + hostile.text("message"));

        try (S3Client s3 = application.s3()) {
            long stored = s3.headObject(
                            request -> request.bucket(application.bucket()).key("labels/" + id + ".json"))
                    .contentLength();
            boolean expected = first.status() == 200
                    && stored == BYTES
                    && "true".equals(second.text("duplicate"))
                    && unknown.status() == 404
                    && hostile.status() == 400;
            return expected ? ingest(s3) : Optional.of("each POST /job-complete has the answer that it should have");
        }
    }

    private Optional<String> ingest(S3Client s3) throws InterruptedException {
        Instant began = clock.instant();
        String key = "ingest/street-corner.mp4";
        s3.putObject(
                request -> request.bucket(application.bucket()).key(key),
                RequestBody.fromString("pretend this is a video"));
        timeline.add("S3   " + key + "  put");
        while (clock.instant().isBefore(began.plus(PATIENCE))) {
            Optional<S3Object> labels = s3
                    .listObjectsV2(
                            request -> request.bucket(application.bucket()).prefix("labels/"))
                    .contents()
                    .stream()
                    .filter(object -> object.size() == 20_000
                            && !object.lastModified().plusSeconds(1).isBefore(began))
                    .findFirst();
            if (labels.isPresent()) {
                timeline.add("S3   " + labels.get().key() + "  registered, analysed, called back, stored");
                return Optional.empty();
            }
            Thread.sleep(Duration.ofMillis(200));
        }
        return Optional.of("the labels of " + key + " arrive");
    }

    private Application.Answer complete(String id) throws IOException, InterruptedException {
        return application.post(
                "/job-complete", Json.string(Map.of("id", id, "event", "job_complete", "msg", "Job " + id)));
    }
}
