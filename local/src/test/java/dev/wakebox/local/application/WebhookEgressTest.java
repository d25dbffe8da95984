package dev.wakebox.local.application;

import static dev.wakebox.local.application.RunningApplication.A_WHILE;
import static dev.wakebox.local.application.RunningApplication.await;
import static dev.wakebox.local.application.RunningApplication.jobComplete;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.jobs.Change;
import dev.wakebox.jobs.DynamoDbJobStore;
import dev.wakebox.jobs.JobId;
import dev.wakebox.jobs.JobStore;
import dev.wakebox.jobs.JobStoreContract;
import dev.wakebox.local.application.RunningApplication.Answer;
import dev.wakebox.local.platform.PlatformStandIn;
import dev.wakebox.runtime.Json;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
    void jobComplete_whenThePlatformKeepsFailing_is502InTimeAndTheNextDeliverySucceeds() throws Exception {
        var ids = Stream.of("status&value=503", "damaged", "cut&value=" + LARGE / 2, "cut&value=" + (LARGE - 1))
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
        var before = labels();

        var answer = complete(id);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json()).containsEntry("field", "id").containsKey("message");
        assertThat(labels()).isEqualTo(before);
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
    @ValueSource(
            strings = {"text/plain", "application/xml", "multipart/form-data; boundary=x", "application/jsonx", "?"})
    void jobComplete_whenTheContentTypeIsWrong_isRefused(String type) {
        String id = app.order("bytes=10");

        var answer = app.post("/job-complete", jobComplete(id), "content-type", type);

        assertThat(answer.status()).isEqualTo(415);
        assertThat(answer.text("message")).isNotBlank();
        assertThat(app.downloads(id)).isZero();
    }

    @Test
    void queued_whenItFailsForTheLastTime_endsInTheDeadLetterQueueAndTheRecordSaysWhy() {
        String id = UUID.randomUUID().toString();
        String deadLetters = app.queueUrl("EgressDeadLetterQueue");
        mostReceives(1); // each further delivery would be waited for, half a minute and more
        try {
            app.deliver("EgressQueue", Json.string(Map.of("id", id)));

            await(
                    "the message is among the dead letters", A_WHILE, () -> app
                            .sqs
                            .receiveMessage(
                                    request -> request.queueUrl(deadLetters).visibilityTimeout(0))
                            .messages()
                            .stream()
                            .anyMatch(message -> message.body().contains(id)));
        } finally {
            mostReceives(12);
        }

        var job = jobs().find(new JobId("egress", id)).orElseThrow();
        assertThat(job.history()).extracting(Change::state).containsExactly("waiting", "failed");
        assertThat(job.history().getLast().reason())
                .isEqualTo("The platform does not know the job, or its output has expired.");
    }

    @Test
    void ingest_whenAnObjectIsPut_comesBackAsLabels() {
        var before = labels();
        app.put("ingest/street corner " + UUID.randomUUID() + ".mp4", "a video");

        await("labels of the analytic", A_WHILE, () -> labels().size() > before.size());
    }

    private static List<Answer> completeAtOnce(List<String> ids) throws InterruptedException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            return threads
                    .invokeAll(ids.stream()
                            .map(id -> (Callable<Answer>) () -> complete(id))
                            .toList())
                    .stream()
                    .map(answer -> answer.resultNow())
                    .toList();
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

    private static void mostReceives(int count) {
        app.setQueueAttribute(
                "EgressQueue",
                QueueAttributeName.REDRIVE_POLICY,
                Json.string(Map.of(
                        "deadLetterTargetArn",
                        app.queueArn("EgressDeadLetterQueue"),
                        "maxReceiveCount",
                        Integer.toString(count))));
    }

    private static JobStore jobs() {
        return new DynamoDbJobStore(app.dynamoDb, app.jobsTable(), Clock.systemUTC());
    }
}
