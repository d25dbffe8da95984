package dev.wakebox.local.application;

import static dev.wakebox.local.application.RunningApplication.A_WHILE;
import static dev.wakebox.local.application.RunningApplication.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.jobs.DynamoDbUsageLedger;
import dev.wakebox.jobs.UsageLedger;
import dev.wakebox.jobs.UsageLedgerContract;
import dev.wakebox.runtime.Json;
import dev.wakebox.storage.ObjectParts;
import dev.wakebox.storage.ObjectPartsContract;
import dev.wakebox.storage.S3ObjectParts;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * Uploads from outside: the presigned PUT, the processor, the workbook and the mail, with the real template and
 * functions.
 */
class UploadsTest {

    @TempDir
    static Path directory;

    static RunningApplication app;

    @BeforeAll
    static void start() {
        app = RunningApplication.start(directory, Map.of());
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    @Test
    void upload_whenTheFileIsSent_startsTheInstanceWhichProcessesItAndItsOwnerIsInformedOnce() {
        var announced = announce("cruce \"4\"\n<b>.mp4", 200_000);
        assertThat(announced.status()).isEqualTo(201);
        String id = announced.text("id");
        assertThat(app.get("/uploads/" + id).text("state")).isEqualTo("UPLOADING");

        assertThat(put(announced, new byte[200_000])).isEqualTo(200);
        assertThat(put(announced, new byte[200_000])).as("the same URL again").isEqualTo(412);

        await("the upload is done", A_WHILE, () -> app.get("/uploads/" + id)
                .text("state")
                .equals("DONE"));
        await("the workbook is there", A_WHILE, () -> app.bytes("excel/" + id + ".xlsx")
                .isPresent());
        await("the mail is there", A_WHILE, () -> app.mails(id) == 1);
        await("the instance is stopped", A_WHILE, () -> app.processorState().equals("stopped"));
        String summary = app.object("csvs/summary" + id + ".csv").orElseThrow();
        assertThat(summary.lines().findFirst().orElseThrow().split(",")).hasSize(27);
        assertThat(app.get("/uploads/" + id).raw()).contains("\"workbook\"").doesNotContain("ana@example.org");

        // Duplicates of the events have no effect.
        app.put("csvs/summary" + id + ".csv", summary);
        await("the workbook's event is through", A_WHILE, () -> app.log("email").contains("was already informed"));
        assertThat(app.mails(id)).isEqualTo(1);
        assertThat(app.processorState()).isEqualTo("stopped");
    }

    /** A URL is valid for 15 minutes, so it outlives the processing of most files. */
    @Test
    void upload_whenTheUrlIsUsedAgainAfterTheEnd_staysAsItIs() {
        var announced = announce("junction-4.mp4", 5);
        String id = announced.text("id");
        String key = announced.text("key");
        assertThat(put(announced, "first".getBytes(UTF_8))).isEqualTo(200);
        await("the mail is there", A_WHILE, () -> app.mails(id) == 1);
        await("the box sleeps", A_WHILE, () -> app.processorState().equals("stopped"));
        var done = app.get("/uploads/" + id);
        assertThat(done.text("state")).isEqualTo("DONE");
        String summary = app.object("csvs/summary" + id + ".csv").orElseThrow();

        assertThat(put(announced, "other".getBytes(UTF_8)))
                .as("the same request")
                .isEqualTo(412);
        assertThat(put(announced, new byte[5], "content-type"))
                .as("without its condition")
                .isEqualTo(403);
        assertThat(put(announced, new byte[6])).as("longer").isEqualTo(403);
        // The event of a file that an operator has put.
        app.put(key, "third");
        String event = RunningApplication.event(app.bucket, key, "ObjectCreated:Put", Instant.now());
        app.deliver("UploadQueue", event);

        await("the events are through", A_WHILE, () -> app.messages("UploadQueue") == 0);
        var after = app.get("/uploads/" + id);
        assertThat(after.text("state")).isEqualTo("DONE");
        assertThat(after.text("since")).isEqualTo(done.text("since"));
        assertThat(app.object("csvs/summary" + id + ".csv")).contains(summary);
        assertThat(app.mails(id)).isEqualTo(1);
        assertThat(app.processorState()).isEqualTo("stopped");
    }

    @Nested
    class ProcessingInstanceUsage extends UsageLedgerContract {
        @Override
        protected UsageLedger ledger() {
            return new DynamoDbUsageLedger(app.dynamoDb, app.jobsTable());
        }
    }

    @Nested
    class PartsInS3 extends ObjectPartsContract {
        @Override
        protected ObjectParts parts() {
            return new S3ObjectParts(
                    app.client(S3Client.builder()
                            .forcePathStyle(true)
                            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)),
                    S3Presigner.builder()
                            .endpointOverride(app.aws())
                            .region(Region.US_EAST_1)
                            .credentialsProvider(
                                    StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                            .serviceConfiguration(S3Configuration.builder()
                                    .pathStyleAccessEnabled(true)
                                    .build())
                            .build(),
                    app.bucket);
        }

        @Override
        protected int put(String url, byte[] body) {
            return putPart(url, body);
        }

        @Override
        protected boolean isStored(String key) {
            return app.bytes(key).isPresent();
        }
    }

    /** The requests are those of the plugin @uppy/aws-s3, whose page is closed while it sends the second part. */
    @Test
    void uploadInParts_whenTheConnectionBreaksAndThePageIsLoadedAgain_goesOnAndIsDoneOnce() throws IOException {
        int part = 5 * 1024 * 1024;
        var begun = beginInParts(part + 200_000);
        String id = begun.text("id");
        assertThat(putPart(partUrl(begun, 1), new byte[part])).isEqualTo(200);
        assertThat(putPart(partUrl(begun, 1), new byte[part + 1])).as("longer").isEqualTo(403);
        breakOff(URI.create(partUrl(begun, 2)), 200_000);

        var arrived = app.get(inParts(begun, ""));
        assertThat(arrived.status()).isEqualTo(200);
        assertThat(arrived.raw()).contains("\"PartNumber\":1").doesNotContain("\"PartNumber\":2");
        assertThat(complete(begun).status()).as("without the second part").isEqualTo(400);
        assertThat(app.get(inParts(begun, "").replace(id, "0123456789abcdef0123456789abcdef"))
                        .status())
                .as("another key")
                .isEqualTo(404);
        assertThat(app.get("/uploads/" + id).text("state")).isEqualTo("UPLOADING");
        assertThat(putPart(partUrl(begun, 2), new byte[200_000])).isEqualTo(200);
        var completed = complete(begun);
        assertThat(completed.status()).isEqualTo(200);
        assertThat(completed.text("location"))
                .isEqualTo(app.request("/uploads/" + id).build().uri().toString());
        assertThat(complete(begun)).as("the answer was lost").isEqualTo(completed);

        await("the upload is done", A_WHILE, () -> app.get("/uploads/" + id)
                .text("state")
                .equals("DONE"));
        await("the mail is there", A_WHILE, () -> app.mails(id) == 1);
        await("the instance is stopped", A_WHILE, () -> app.processorState().equals("stopped"));
        assertThat(app.bytes(begun.text("key")).orElseThrow()).hasSize(part + 200_000);
        assertThat(complete(begun)).as("after the end").isEqualTo(completed);
        assertThat(app.get(inParts(begun, "/1")).status()).isEqualTo(409);
        assertThat(app.send(app.request(inParts(begun, "")).DELETE()).status()).isEqualTo(200);
        assertThat(app.get("/uploads/" + id).text("state")).isEqualTo("DONE");
        assertThat(app.mails(id)).isEqualTo(1);
    }

    @Test
    void uploadInParts_whenCancelled_leavesNoPart() {
        var begun = beginInParts(5);
        assertThat(putPart(partUrl(begun, 1), new byte[5])).isEqualTo(200);

        assertThat(app.send(app.request(inParts(begun, "")).DELETE()).status()).isEqualTo(200);

        assertThat(app.get("/uploads/" + begun.text("id")).text("reason")).isEqualTo("The upload was cancelled.");
        assertThat(app.s3
                        .listMultipartUploads(
                                request -> request.bucket(app.bucket).prefix(begun.text("key")))
                        .uploads())
                .isEmpty();
    }

    private static RunningApplication.Answer beginInParts(int length) {
        var metadata = Map.of("name", "cruce.mp4", "email", "ana@example.org", "owner", "Ana", "contentLength", length);
        var begun = app.post(
                "/s3/multipart",
                Json.string(Map.of("filename", "cruce.mp4", "type", "video/mp4", "metadata", metadata)),
                "content-type",
                "application/json");
        assertThat(begun.status()).isEqualTo(200);
        return begun;
    }

    private static String inParts(RunningApplication.Answer begun, String rest) {
        return "/s3/multipart/" + URLEncoder.encode(begun.text("uploadId"), UTF_8) + rest + "?key="
                + URLEncoder.encode(begun.text("key"), UTF_8);
    }

    private static String partUrl(RunningApplication.Answer begun, int number) {
        return app.get(inParts(begun, "/" + number)).text("url");
    }

    private static int putPart(String url, byte[] body) {
        return app.send(HttpRequest.newBuilder(URI.create(url)).PUT(HttpRequest.BodyPublishers.ofByteArray(body)))
                .status();
    }

    /** Completes the upload with the parts that have arrived. */
    private static RunningApplication.Answer complete(RunningApplication.Answer begun) {
        String parts = app.get(inParts(begun, "")).raw();
        return app.post(inParts(begun, "/complete"), "{\"parts\":" + parts + "}", "content-type", "application/json");
    }

    /** Closes the connection after half of the part. */
    private static void breakOff(URI url, int length) throws IOException {
        try (var socket = new Socket(url.getHost(), url.getPort())) {
            String head = "PUT " + url.getRawPath() + "?" + url.getRawQuery() + " HTTP/1.1\r\nHost: "
                    + url.getAuthority() + "\r\nContent-Length: " + length + "\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(UTF_8));
            socket.getOutputStream().write(new byte[length / 2]);
            socket.getOutputStream().flush();
        }
    }

    @Test
    void upload_whenItsLengthIsNotAnnounced_isTakenAndDone() {
        var request = Map.of("filename", "junction-4.mp4", "email", "ana@example.org", "name", "Ana");
        var announced = app.post("/uploads", Json.string(request), "content-type", "application/json");
        assertThat(announced.status()).isEqualTo(201);

        assertThat(put(announced, new byte[5])).isEqualTo(200);

        await("the upload is done", A_WHILE, () -> app.get("/uploads/" + announced.text("id"))
                .text("state")
                .equals("DONE"));
    }

    /**
     * The limits: a mail within 30 seconds of the processor's report, and two minutes until the instance is stopped.
     */
    @Test
    void file_whenTheInstanceCannotProcessIt_endsAtOnceWithOneMailAndTheInstanceStops() {
        var request = Map.of("filename", "junction-4.mp4", "email", "ana@example.org", "name", "Ana");
        var announced = app.post("/uploads", Json.string(request), "content-type", "application/json");

        assertThat(put(announced, "FLV\u0001 and so on".getBytes(UTF_8))).isEqualTo(200);

        String id = announced.text("id");
        await("the upload failed", A_WHILE, () -> app.get("/uploads/" + id)
                .text("state")
                .equals("FAILED"));
        await("the mail is there", A_WHILE, () -> app.mails(id) == 1);
        await("the instance is stopped", A_WHILE, () -> app.processorState().equals("stopped"));
        Instant asleep = Instant.now();
        var upload = app.get("/uploads/" + id);
        assertThat(upload.text("reason")).isEqualTo("The file is a Flash video, which this processor cannot read.");
        Instant failed = Instant.parse(upload.text("since"));
        assertThat(Duration.between(failed, app.mailedAt(id))).isLessThan(Duration.ofSeconds(30));
        assertThat(Duration.between(failed, asleep)).isLessThan(Duration.ofMinutes(2));
        assertThat(app.mails(id)).isEqualTo(1);
    }

    @Test
    void file_whenItIsCertainlyNoVideo_endsAtOnceWithOneMailAndStartsNothing() {
        Map<String, String> files = Map.of(
                "%PDF-1.7 and so on", "The file is not a video but a PDF document.",
                "<!DOCTYPE html><title>Sign in</title>", "The file is not a video but a web page.",
                "PK\u0003\u0004 and so on", "The file is not a video but a ZIP archive or an Office document.");
        files.forEach((bytes, reason) -> {
            var request = Map.of("filename", "junction-4.mp4", "email", "ana@example.org", "name", "Ana");
            var announced = app.post("/uploads", Json.string(request), "content-type", "application/json");

            assertThat(put(announced, bytes.getBytes(UTF_8))).isEqualTo(200);

            String id = announced.text("id");
            await("the upload failed", A_WHILE, () -> app.get("/uploads/" + id)
                    .text("state")
                    .equals("FAILED"));
            assertThat(app.get("/uploads/" + id).text("reason")).isEqualTo(reason);
            await("the mail is there", A_WHILE, () -> app.mails(id) == 1);
            assertThat(app.processorConsole()).doesNotContain(id);
        });
    }

    @Test
    void file_whenEmpty_startsNothing() {
        var request = Map.of("filename", "junction-4.mp4", "email", "ana@example.org", "name", "Ana");
        var announced = app.post("/uploads", Json.string(request), "content-type", "application/json");

        assertThat(put(announced, new byte[0])).isEqualTo(200);

        String id = announced.text("id");
        await("the upload failed", A_WHILE, () -> app.get("/uploads/" + id)
                .text("reason")
                .equals("The file is empty."));
        await("the mail is there", A_WHILE, () -> app.mails(id) == 1);
    }

    @Test
    void file_whenItIsGoneBeforeItsEvent_endsAtOnceWithOneMailAndStartsNothing() {
        String id = announce("junction-4.mp4", 5).text("id");
        String event =
                RunningApplication.event(app.bucket, "videos/" + id + ".mp4", "ObjectCreated:Put", Instant.now());

        app.deliver("UploadQueue", event);
        app.deliver("UploadQueue", event);

        await("the upload failed", A_WHILE, () -> app.get("/uploads/" + id)
                .text("reason")
                .equals("The file does not exist any more."));
        await("the events are through", A_WHILE, () -> app.messages("UploadQueue") == 0);
        await("the mail is there", A_WHILE, () -> app.mails(id) == 1);
        assertThat(app.processorConsole()).doesNotContain(id);
    }

    @Test
    void object_whenItWasNotAnnounced_isRefusedWithAWarningAndStartsNothing() {
        app.put("videos/cm1chk50n00005t02plax1hr2.mp4", "test");
        app.put("videos/folder/", "");

        await("it is refused", A_WHILE, () -> app.log("process-upload")
                .contains("cm1chk50n00005t02plax1hr2.mp4: it was not announced"));
        await("the folder is refused", A_WHILE, () -> app.log("process-upload")
                .contains("its name is none of an upload"));
    }

    @Test
    void address_whenItBouncedPermanentlyOrComplained_getsNoMailOfTheNextUpload() {
        List<String> lost = List.of(
                "bounce+ana@simulator.amazonses.com",
                "Complaint+ana@simulator.amazonses.com",
                "suppressionlist+ana@simulator.amazonses.com");
        List<String> good = List.of("success+ana@simulator.amazonses.com", "ooto+ana@simulator.amazonses.com");
        List<String> first = Stream.concat(lost.stream(), good.stream())
                .map(UploadsTest::withResult)
                .toList();
        for (String id : first) {
            await("the first mail is there", A_WHILE, () -> app.mails(id) == 1);
        }
        for (String address : lost) {
            await(address + " is noted", A_WHILE, () -> isSuppressed(address));
        }

        List<String> written = good.stream().map(UploadsTest::withResult).toList();
        List<String> notWritten = lost.stream().map(UploadsTest::withResult).toList();

        for (String id : written) {
            await("a good address is written to again", A_WHILE, () -> app.mails(id) == 1);
        }
        for (String id : notWritten) {
            await("the mail is left out", A_WHILE, () -> app.log("email")
                    .contains("The owner of " + id + " gets no mail: "));
            assertThat(app.get("/uploads/" + id).text("state")).isEqualTo("DONE");
            assertThat(app.mails(id)).isZero();
        }
        assertThat(good).noneMatch(UploadsTest::isSuppressed);
    }

    @Test
    void mail_whenSesFails_isRetriedKeptOrSentTwiceAtMost() {
        app.setQueueAttribute("MailQueue", QueueAttributeName.VISIBILITY_TIMEOUT, "3");
        int kept = app.messages("MailDeadLetterQueue");

        String throttled = withResult("TooManyRequestsException+2@fault.example");
        String outOfOrder = withResult("InternalServiceErrorException@fault.example");
        String rejected = withResult("MessageRejected@fault.example");
        String paused = withResult("SendingPausedException@fault.example");
        String lostOnce = withResult("lost@fault.example");
        String lostAlways = withResult("lost+always@fault.example");

        await(
                "the refused ones, and the one without answer, are kept",
                A_WHILE,
                () -> app.messages("MailDeadLetterQueue") == kept + 3);
        await("what may pass is sent", A_WHILE, () -> app.mails(throttled) == 1 && app.mails(outOfOrder) == 1);
        await("the mail whose answer was lost is sent again", A_WHILE, () -> app.mails(lostOnce) == 2);
        assertThat(app.mails(rejected) + app.mails(paused)).isZero();
        assertThat(app.get("/uploads/" + rejected).text("state")).isEqualTo("DONE");
        for (String id : List.of(throttled, outOfOrder, rejected, paused, lostOnce, lostAlways)) {
            app.deliver(
                    "MailQueue",
                    RunningApplication.event(app.bucket, "excel/" + id + ".xlsx", "ObjectCreated:Put", Instant.now()));
        }
        await("the events are through", A_WHILE, () -> app.messages("MailQueue") == 0);
        assertThat(app.mails(lostAlways)).isEqualTo(2);
        assertThat(app.mails(lostOnce)).isEqualTo(2);
        assertThat(app.mails(throttled)).isEqualTo(1);
        assertThat(app.log("email"))
                .contains("MessageRejected", "SendingPausedException")
                .doesNotContain("fault.example");

        for (int i = 0; i < 3; i++) {
            app.redrive("MailDeadLetterQueue", "MailQueue");
        }
        await("an operator has them sent", A_WHILE, () -> app.mails(rejected) == 1 && app.mails(paused) == 1);
    }

    /** The API is open: the name and the file's name come from an unknown caller. */
    @Test
    void mail_whenNamesHoldALinkOrWhatCannotBeSeen_saysNothingOfItInAnyPart() {
        Map<String, String> names = Map.of(
                "a\u202e4pm.exe.mp4", "Your account is locked: https://evil.example/login",
                "pay at hxxps://evil.example/login.mp4", "Ana\u202e moc.live",
                "evil。example.mp4", "Ana evil。example",
                "e\u200bvil.exam\u200bple\r\nBcc: eve@evil.example.mp4", "Ana\uDB40\uDC68\r\nBcc: eve@evil.example",
                "call skype:evil 192.0.2.1.mp4", "Ana skype:evil");
        names.forEach((filename, name) -> {
            String id = withResult(filename, "ana@example.org", name);
            await("the mail is there", A_WHILE, () -> app.mails(id) == 1);
            Map<?, ?> mail = app.mail(id);
            assertThat(String.valueOf(mail.get("BodyText"))).startsWith("Hello,\n");
            for (String part : List.of("Subject", "BodyText", "BodyHtml")) {
                assertThat(String.valueOf(mail.get(part)))
                        .as(part + " of " + filename)
                        .contains(".mp4")
                        .doesNotContain("evil.example", "evil。", "skype:e", "192.0.2.1", "@evil", "locked", "Ana")
                        .doesNotContainPattern("[\\p{Cf}\\p{Co}\\p{Cc}&&[^\\n]]");
            }
            assertThat(String.valueOf(mail.get("Subject"))).doesNotContain("\n");
        });
    }

    /** Announces an upload of this owner and writes its results, as the processor does. */
    private static String withResult(String email) {
        return withResult("junction-4.mp4", email, "Ana");
    }

    private static String withResult(String filename, String email, String name) {
        var request = Map.of("filename", filename, "email", email, "name", name);
        var announced = app.post("/uploads", Json.string(request), "content-type", "application/json");
        assertThat(announced.status()).isEqualTo(201);
        String id = announced.text("id");
        app.put("csvs/summary" + id + ".csv", "id_i,id_j\n1,2\n");
        return id;
    }

    private static boolean isSuppressed(String address) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(address.toLowerCase(Locale.ROOT).getBytes(UTF_8));
            return app.dynamoDb
                    .getItem(request -> request.tableName(app.jobsTable())
                            .key(Map.of(
                                    "id",
                                    AttributeValue.fromS(
                                            "suppressed#" + HexFormat.of().formatHex(hash)))))
                    .hasItem();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void upload_whenRefused_namesTheField() {
        var answer = announce("virus.exe", 1);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("field")).isEqualTo("filename");
        assertThat(app.get("/uploads/0123456789abcdef0123456789abcdef").status())
                .isEqualTo(404);
    }

    private static RunningApplication.Answer announce(String filename, int length) {
        var request = new LinkedHashMap<String, Object>();
        request.put("filename", filename);
        request.put("email", "ana@example.org");
        request.put("name", "Ana");
        request.put("contentLength", length);
        return app.post("/uploads", Json.string(request), "content-type", "application/json");
    }

    private static int put(RunningApplication.Answer announced, byte[] body) {
        return put(announced, body, "content-type", "if-none-match");
    }

    private static int put(RunningApplication.Answer announced, byte[] body, String... headers) {
        var request = HttpRequest.newBuilder(URI.create(announced.text("url")))
                .PUT(HttpRequest.BodyPublishers.ofByteArray(body));
        Map<?, ?> signed = (Map<?, ?>) requireNonNull(announced.json().get("headers"));
        for (String header : headers) {
            request.header(header, String.valueOf(signed.get(header)));
        }
        return app.send(request).status();
    }
}
