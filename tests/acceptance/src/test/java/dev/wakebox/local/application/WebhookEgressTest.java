package dev.wakebox.local.application;

import static dev.wakebox.local.application.RunningApplication.A_WHILE;
import static dev.wakebox.local.application.RunningApplication.await;
import static dev.wakebox.local.application.RunningApplication.jobComplete;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.jobs.Change;
import dev.wakebox.jobs.DynamoDbJobStore;
import dev.wakebox.jobs.Job;
import dev.wakebox.jobs.JobId;
import dev.wakebox.jobs.JobStore;
import dev.wakebox.jobs.JobStoreContract;
import dev.wakebox.local.application.RunningApplication.Answer;
import dev.wakebox.local.platform.PlatformStandIn;
import dev.wakebox.runtime.Json;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * Webhook egress and ingress from outside: HTTP, S3 and the platform's stand-in, with the real template and functions.
 * The platform's token is in Systems Manager here; in the demo it is in Secrets Manager.
 */
class WebhookEgressTest {
    private static final String TOKEN = "/wakebox/token-of-the-platform";
    private static final int LARGE = 9_000_000;

    @TempDir
    static Path directory;

    static RunningApplication app;

    @BeforeAll
    static void start() {
        app = RunningApplication.start(
                directory, Map.of("PlatformTokenArn", "arn:aws:ssm:us-east-1:000000000000:parameter" + TOKEN));
        String document = Json.string(Map.of(
                "access_token",
                Map.of(
                        "private_key",
                        PlatformStandIn.PRIVATE_KEY,
                        "base_api_url",
                        app.platform().toString())));
        app.ssm.putParameter(request -> request.name(TOKEN).type("SecureString").value(document));
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    @Nested
    class JobRecords extends JobStoreContract {
        @Override
        protected JobStore store() {
            return jobs();
        }
    }

    @Test
    void jobComplete_whenLarge_isStoredInPartsAndOnce() {
        String id = app.order("bytes=" + LARGE);

        var first = complete(id);
        var second = complete(id);

        assertThat(first.status()).as(first.raw()).isEqualTo(200);
        assertThat(first.json())
                .containsEntry("bytes", LARGE)
                .containsEntry("key", key(id))
                .containsEntry("duplicate", false);
        assertThat(second.json()).containsEntry("duplicate", true).containsEntry("sha256", first.text("sha256"));
        assertThat(app.downloads(id)).isEqualTo(1);
        var head = app.s3.headObject(request -> request.bucket(app.bucket).key(key(id)));
        assertThat(head.contentLength()).isEqualTo(LARGE);
        assertThat(head.contentType()).isEqualTo("application/json");
        assertThat(head.eTag()).contains("-2");
        assertThat(head.metadata()).containsEntry("output-filename", "labels.json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fault=cut&value=0",
                "fault=cut&value=1",
                "fault=cut&value=" + LARGE / 2,
                "fault=cut&value=" + (LARGE - 1),
                "fault=damaged",
                "fault=empty",
                "fault=page",
                "fault=page&value=application/json",
                "fault=page&value=application/json&encoding=gzip,%20gzip",
                "fault=page&value=text/html&encoding=br",
                "fault=encoded&value=gz%C3%AFp",
                "fault=two-lengths",
                "fault=status&value=429&retry-after=1"
            })
    void jobComplete_whenThePlatformFailsOnce_isStoredAllTheSame(String fault) {
        String id = app.order("bytes=" + LARGE + "&times=1&" + fault);

        var answer = complete(id);

        assertThat(answer.status()).as(answer.raw()).isEqualTo(200);
        assertThat(app.downloads(id)).isEqualTo(2);
        assertThat(openUploads()).isZero();
    }

    @Test
    void jobComplete_whenCompressedOnTheWay_isStoredAsItWasBefore() {
        for (String encoding : List.of("gzip", "X-GZIP", "gzip,%20gzip")) {
            String plain = app.order("bytes=" + LARGE + "&times=100&fault=encoded&value=" + encoding);
            assertThat(complete(plain).json()).as(encoding).containsEntry("bytes", LARGE);
            assertThat(encodingOf(plain)).isNull();
        }
        String kept = app.order("bytes=1000&times=100&fault=encoded&value=br");
        assertThat(complete(kept).json()).containsEntry("bytes", 1000);
        assertThat(encodingOf(kept)).isEqualTo("br");
    }

    /** The times are far away, so that an answer that was not understood shows in a second attempt. */
    @Test
    void jobComplete_whenThePlatformSaysWhen_isNotTriedAgainBefore() {
        int year = LocalDate.now(ZoneOffset.UTC).getYear() + 1;
        for (String when : List.of(
                "99999999999",
                "Thu, 31 Dec " + year + " 23:59:60 GMT",
                "Thursday, 31-Dec-" + year % 100 + " 23:59:60 GMT",
                "Thu Dec 31 23:59:60 " + year)) {
            String id = app.order("fault=status&value=503&times=100&retry-after=" + URLEncoder.encode(when, UTF_8));

            var answer = complete(id);

            assertThat(answer.status()).as(answer.raw()).isEqualTo(502);
            assertThat(app.downloads(id)).as(when).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"ingest/folder/, marks a folder", "ingest/empty.mp4, is empty"})
    void ingest_whenThereIsNothingInIt_isSkipped(String key, String why) {
        app.put(key, "");

        await("the log has the reason", A_WHILE, () -> app.log("ingress").contains(why));
    }

    @Test
    void jobComplete_whenThePlatformKeepsFailing_is502InTimeAndTheNextDeliverySucceeds() throws Exception {
        var faults = List.of("status&value=503", "damaged", "cut&value=" + LARGE / 2, "cut&value=" + (LARGE - 1));
        // the attempts that a delivery has time for are what this is about, so all four functions are up
        completeAtOnce(faults.stream().map(_ -> app.order("bytes=" + LARGE)).toList());
        var ids = faults.stream()
                .map(fault -> app.order("bytes=" + LARGE + "&times=1000&fault=" + fault))
                .toList();

        for (Answer answer : completeAtOnce(ids)) {
            assertThat(answer.status()).as(answer.raw()).isEqualTo(502);
            assertThat(answer.text("message")).isNotBlank();
        }

        assertThat(openUploads()).isZero();
        for (String id : ids) {
            assertThat(app.object(key(id))).isEmpty();
            assertThat(app.downloads(id)).isGreaterThan(2);
            app.order(id, "bytes=100");
            assertThat(complete(id).json()).containsEntry("bytes", 100).containsEntry("duplicate", false);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fault=expired",
                "fault=redirect&value=http://169.254.169.254/latest/meta-data/",
                "fault=redirect&value=https://169.254.169.254/",
                "fault=redirect&value=https://localhost/"
            })
    void jobComplete_whenThereIsNothingToFetch_storesNothing(String fault) {
        String id = app.order(fault + "&times=1000");

        var answer = complete(id);

        assertThat(answer.status()).as(answer.raw()).isEqualTo(fault.contains("expired") ? 404 : 502);
        assertThat(app.object(key(id))).isEmpty();
        assertThat(app.downloads(id)).isEqualTo(1);
    }

    @Test
    void jobComplete_when200DeliveriesOf20JobsAtOnce_downloadsEachOnce() throws Exception {
        List<String> ids =
                IntStream.range(0, 20).mapToObj(n -> app.order("bytes=100000")).toList();

        var answers = completeAtOnce(
                IntStream.range(0, 200).mapToObj(n -> ids.get(n % 20)).toList());

        assertThat(answers).extracting(Answer::status).isSubsetOf(200, 202);
        assertThat(answers)
                .filteredOn(answer -> Boolean.FALSE.equals(answer.json().get("duplicate")))
                .hasSize(20);
        for (String id : ids) {
            assertThat(app.object(key(id)).orElseThrow()).hasSize(100_000);
            assertThat(app.downloads(id)).isEqualTo(1);
        }
    }

    @Test
    void jobComplete_whileAnotherDeliveryStoresIt_isLeftToThatOneAndTheWorker() throws Exception {
        completeAtOnce(List.of(app.order("bytes=1000"), app.order("bytes=1000"))); // two functions are up
        String id = app.order("bytes=2200&fault=trickle&value=1000"); // takes twelve seconds
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = threads.submit(() -> complete(id));
            await("the first delivery downloads it", A_WHILE, () -> app.downloads(id) == 1);

            var second = complete(id);

            assertThat(second.status()).as(second.raw()).isEqualTo(202);
            assertThat(first.get().json()).containsEntry("bytes", 2200).containsEntry("duplicate", false);
        }
        assertThat(app.downloads(id)).isEqualTo(1);
    }

    static List<String> hostileIds() {
        return List.of(
                "../../status",
                "%2e%2e%2fstatus",
                "a%2eb",
                "a\u0000b",
                "a\r\nb",
                "a\u202eb",
                "ünïcode",
                "a b",
                "",
                "x".repeat(65),
                "x".repeat(10_000));
    }

    @ParameterizedTest
    @MethodSource("hostileIds")
    void jobComplete_whenTheIdIsHostile_isRefused(String id) {
        var answer = complete(id);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json()).containsEntry("field", "id").containsKey("message");
        assertThat(labels()).allMatch(key -> key.matches("labels/[-0-9a-f]{36}\\.json")); // those of other tests
    }

    @Test
    void jobComplete_whenTheBodyIsHuge_isRefused() {
        for (int size : List.of(70_000, 5_000_000, 10_000_000)) {
            String body = jobComplete("a").replace("\"msg\":\"\"", "\"msg\":\"" + "x".repeat(size) + "\"");
            assertThat(app.post("/job-complete", body, "content-type", "application/json")
                            .status())
                    .isEqualTo(413);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/xml", "multipart/form-data; boundary=x", "application/jsonx", "?"})
    void jobComplete_whenTheContentTypeIsWrong_isRefused(String type) {
        String id = app.order("bytes=10");

        var answer = app.post("/job-complete", jobComplete(id), "content-type", type);

        assertThat(answer.status()).isEqualTo(415);
        assertThat(answer.text("message")).isNotBlank();
        assertThat(app.downloads(id)).isZero();
    }

    @Test
    void jobComplete_whenTooLargeForAnAnswer_isStoredByTheWorker() {
        String id = app.order("bytes=40000000");

        var answer = complete(id);

        assertThat(answer.status()).as(answer.raw()).isEqualTo(202);
        await("the output is stored", A_WHILE, () -> stateOf(id).equals("stored"));
        assertThat(complete(id).json()).containsEntry("bytes", 40_000_000).containsEntry("duplicate", true);
    }

    @Test
    void queued_whenThePlatformFailsOnce_isStoredInPartsAndOnce() {
        String id = app.order("bytes=" + LARGE + "&times=1&fault=cut&value=" + (LARGE - 1));
        String message = Json.string(Map.of("id", id));

        app.deliver("EgressQueue", message);

        await("the output is stored", A_WHILE, () -> stateOf(id).equals("stored"));
        assertThat(app.s3
                        .headObject(request -> request.bucket(app.bucket).key(key(id)))
                        .eTag())
                .contains("-2");
        assertThat(openUploads()).isZero();
        var again = Map.of("Records", List.of(Map.of("messageId", id, "eventSource", "aws:sqs", "body", message)));
        assertThat(app.invoke("egress-worker", Json.string(again))).containsEntry("batchItemFailures", List.of());
        assertThat(app.downloads(id)).isEqualTo(2);
        assertThat(complete(id).json()).containsEntry("duplicate", true);
    }

    /** SQS moves the message after the twelfth delivery, hours later. */
    @Test
    void queued_whenItFails_isKeptForTheDeadLetterQueueAndTheRecordSaysWhy() {
        String id = UUID.randomUUID().toString();

        app.deliver("EgressQueue", Json.string(Map.of("id", id)));

        await("the record tells of the failure", A_WHILE, () -> stateOf(id).equals("failed"));
        var job = jobs().find(new JobId("egress", id)).orElseThrow();
        assertThat(job.history()).extracting(Change::state).containsExactly("waiting", "failed");
        assertThat(job.history().getLast().reason())
                .isEqualTo("The platform does not know the job, or its output has expired.");
        assertThat(app.messages("EgressQueue")).isPositive();
        assertThat(app.sqs
                        .getQueueAttributes(request -> request.queueUrl(app.queueUrl("EgressQueue"))
                                .attributeNames(QueueAttributeName.REDRIVE_POLICY))
                        .attributes()
                        .get(QueueAttributeName.REDRIVE_POLICY))
                .contains(app.queueArn("EgressDeadLetterQueue"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"street corner %s.mp4", "1+1 100%% %%2B %s.mp4", "Straße 角 \uD83D\uDE00 %s.mp4"})
    void ingest_whenAnObjectIsPut_comesBackAsLabels(String name) {
        var before = labels();
        String id = UUID.randomUUID().toString();

        app.put("ingest/" + name.formatted(id), "a video");

        await("it is handled", A_WHILE, () -> app.log("ingress").contains(id));
        assertThat(app.log("ingress").lines().filter(line -> line.contains(id)))
                .allMatch(line -> line.contains("Registered"));
        await("labels of the analytic", A_WHILE, () -> labels().size() > before.size());
    }

    private static @Nullable String encodingOf(String id) {
        return app.s3
                .headObject(request -> request.bucket(app.bucket).key(key(id)))
                .contentEncoding();
    }

    private static List<Answer> completeAtOnce(List<String> ids) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<Answer>();
            for (var answer : threads.invokeAll(ids.stream()
                    .map(id -> (Callable<Answer>) () -> complete(id))
                    .toList())) {
                answers.add(answer.get());
            }
            return answers;
        }
    }

    private static Answer complete(String id) {
        return app.post("/job-complete", jobComplete(id), "content-type", "application/json");
    }

    private static String key(String id) {
        return "labels/" + id + ".json";
    }

    private static List<String> labels() {
        return app
                .s3
                .listObjectsV2Paginator(request -> request.bucket(app.bucket).prefix("labels/"))
                .contents()
                .stream()
                .map(S3Object::key)
                .toList();
    }

    private static int openUploads() {
        return app.s3
                .listMultipartUploads(request -> request.bucket(app.bucket))
                .uploads()
                .size();
    }

    /** The state of the job's record; empty while it has none. */
    private static String stateOf(String id) {
        return jobs().find(new JobId("egress", id)).map(Job::state).orElse("");
    }

    private static JobStore jobs() {
        return new DynamoDbJobStore(app.dynamoDb, app.jobsTable(), Clock.systemUTC());
    }
}
