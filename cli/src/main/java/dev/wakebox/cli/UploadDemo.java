package dev.wakebox.cli;

import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/**
 * The demo of uploads: a file is uploaded, the processing instance starts for it, its owner gets a mail, and the
 * instance stops.
 */
final class UploadDemo {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);
    private static final int FILE_BYTES = 3_000_000;

    private final Application application;
    private final PrintStream out;
    private final Clock clock;
    private final Timeline timeline;
    private final List<String> missing = new ArrayList<>(List.of(
            "the upload is done",
            "the workbook is in S3",
            "the mail is in the mailbox",
            "the instance runs",
            "the instance is stopped"));
    private String boxState = "";
    private String shown = "";

    UploadDemo(Application application, PrintStream out, Clock clock) {
        this.application = application;
        this.out = out;
        this.clock = clock;
        this.timeline = new Timeline(out, clock);
    }

    /** Runs the scenario; empty when every expected step was observed, otherwise the missing ones. */
    List<String> run() throws IOException, InterruptedException {
        out.println(
                "\nA user uploads a file: the processing instance starts, processes it, and stops. The owner gets a mail.\n");
        byte[] file = file();
        var announced = application.post(
                "/uploads",
                Json.string(Map.of(
                        "filename", "junction-4.mp4",
                        "email", "ana@example.org",
                        "name", "Ana",
                        "language", "en",
                        "contentLength", file.length)));
        timeline.add("POST /uploads  " + announced.status() + "  "
                + (announced.status() == 201 ? announced.text("id") : announced.text("message")));
        if (announced.status() != 201) {
            return List.of("POST /uploads is accepted");
        }
        int put = put(announced, file);
        timeline.add(String.format(
                Locale.ROOT, "PUT  %s  %d  (%.1f MB, presigned)", announced.text("key"), put, file.length / 1e6));
        if (put != 200) {
            return List.of("the file is accepted");
        }
        watch(announced.text("id"));
        return missing;
    }

    /** A file to measure, with sections of text and of noise. */
    private static byte[] file() {
        var random = new Random(4);
        var bytes = new byte[FILE_BYTES];
        random.nextBytes(bytes);
        for (int i = 0; i < bytes.length; i++) {
            if (i / 50_000 % 2 == 0) {
                bytes[i] = (byte) "junction four, camera two; ".charAt(i % 27);
            }
        }
        return bytes;
    }

    private int put(Application.Answer announced, byte[] file) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(announced.text("url")))
                .timeout(Duration.ofSeconds(60))
                .PUT(HttpRequest.BodyPublishers.ofByteArray(file));
        announced.body().object("headers").forEach((name, value) -> request.header(name, String.valueOf(value)));
        return application
                .http()
                .send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private void watch(String id) throws IOException, InterruptedException {
        Instant deadline = clock.instant().plus(PATIENCE);
        try (S3Client s3 = application.s3();
                Ec2Client ec2 = application.ec2()) {
            while (!missing.isEmpty() && clock.instant().isBefore(deadline)) {
                seeBox(ec2);
                seeUpload(id);
                seeWorkbook(s3, id);
                seeMail(id);
                Thread.sleep(LOOK_EVERY);
            }
        }
    }

    private void seeBox(Ec2Client ec2) {
        String state = Application.state(ec2, application.processingInstanceId());
        if (state.equals(boxState)) {
            return;
        }
        boxState = state;
        timeline.add("EC2  " + application.processingInstanceId() + "  " + state);
        if (state.equals("running")) {
            missing.remove("the instance runs");
        }
        if (state.equals("stopped") && !missing.contains("the instance runs")) {
            missing.remove("the instance is stopped");
        }
    }

    private void seeUpload(String id) throws IOException, InterruptedException {
        var upload = application.get("/uploads/" + id);
        String now = upload.text("state") + "  " + upload.text("progress") + " %";
        if (!now.equals(shown)) {
            shown = now;
            timeline.add("GET  /uploads/…  " + upload.status() + "  " + now);
        }
        if (upload.text("state").equals("DONE")) {
            missing.remove("the upload is done");
        }
    }

    private void seeWorkbook(S3Client s3, String id) {
        if (!missing.contains("the workbook is in S3")) {
            return;
        }
        String key = "excel/" + id + ".xlsx";
        try {
            long size = s3.headObject(
                            request -> request.bucket(application.bucket()).key(key))
                    .contentLength();
            timeline.add("S3   " + key + "  " + size / 1000 + " kB");
            missing.remove("the workbook is in S3");
        } catch (NoSuchKeyException e) {
            // not yet
        }
    }

    private void seeMail(String id) throws IOException, InterruptedException {
        if (!missing.contains("the mail is in the mailbox")) {
            return;
        }
        for (Mailbox.Mail mail : new Mailbox(application).mails()) {
            if (mail.text().contains(id)) {
                timeline.add("MAIL to " + mail.to() + "  \"" + mail.subject() + "\"  (./wakebox mail shows it)");
                missing.remove("the mail is in the mailbox");
            }
        }
    }
}
