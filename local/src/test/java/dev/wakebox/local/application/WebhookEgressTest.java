package dev.wakebox.local.application;

import static dev.wakebox.local.application.RunningApplication.await;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.jobs.DynamoDbJobStore;
import dev.wakebox.jobs.JobStore;
import dev.wakebox.jobs.JobStoreContract;
import dev.wakebox.runtime.Json;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Webhook egress and ingress from outside: HTTP, S3 and the platform's stand-in, with the real template and functions. */
class WebhookEgressTest {
    private static final Duration A_WHILE = Duration.ofSeconds(60);
    private static final int LARGE = 9_000_000;

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

    @Nested
    class JobRecords extends JobStoreContract {
        @Override
        protected JobStore store() {
            DynamoDbClient dynamoDb = app.client(DynamoDbClient.builder());
            String table = dynamoDb.listTables().tableNames().stream()
                    .filter(name -> name.contains("JobsTable"))
                    .findFirst()
                    .orElseThrow();
            return new DynamoDbJobStore(dynamoDb, table, Clock.systemUTC());
        }
    }

    @Test
    void jobComplete_whenLarge_isStoredInPartsAndOnce() {
        String id = output("bytes=" + LARGE);

        var first = complete(id);
        var second = complete(id);

        assertThat(first.status()).as(first.raw()).isEqualTo(200);
        assertThat(first.json())
                .containsEntry("bytes", LARGE)
                .containsEntry("key", "labels/" + id + ".json")
                .containsEntry("duplicate", false);
        assertThat(second.json()).containsEntry("duplicate", true).containsEntry("sha256", first.text("sha256"));
        var head = app.s3.headObject(request -> request.bucket(app.bucket).key("labels/" + id + ".json"));
        assertThat(head.contentLength()).isEqualTo(LARGE);
        assertThat(head.contentType()).isEqualTo("application/json");
        assertThat(head.eTag()).contains("-2");
        assertThat(head.metadata()).containsEntry("output-filename", "labels.json");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, LARGE / 2, LARGE - 1})
    void jobComplete_whenTheConnectionIsCut_leavesNothingAndTheWorkIsDoneInTheEnd(int after) {
        String id = output("bytes=" + LARGE + "&fault=cut&times=1&value=" + after);

        var answer = complete(id);

        assertThat(answer.status()).as(answer.raw()).isEqualTo(200);
        assertThat(app.s3
                        .listMultipartUploads(request -> request.bucket(app.bucket))
                        .uploads())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fault=expired", "fault=redirect&value=http://169.254.169.254/"})
    void jobComplete_whenThereIsNothingToFetch_storesNothing(String fault) {
        String id = output(fault + "&times=1000");

        assertThat(complete(id).status()).isEqualTo(fault.contains("expired") ? 404 : 502);

        assertThat(app.object("labels/" + id + ".json")).isEmpty();
    }

    @Test
    void jobComplete_whenDeliveredManyTimesAtOnce_isStoredOnce() throws Exception {
        String id = output("bytes=100000");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = threads.invokeAll(IntStream.range(0, 6)
                    .mapToObj(n -> (Callable<RunningApplication.Answer>) () -> complete(id))
                    .toList());
            assertThat(answers)
                    .extracting(answer -> answer.resultNow().status())
                    .containsOnly(200, 202)
                    .contains(200);
            assertThat(answers)
                    .filteredOn(answer ->
                            Boolean.FALSE.equals(answer.resultNow().json().get("duplicate")))
                    .hasSize(1);
        }
    }

    @Test
    void jobComplete_whenTheIdIsHostile_isRefused() {
        assertThat(complete("../../status").status()).isEqualTo(400);
        assertThat(complete("x".repeat(10_000)).status()).isEqualTo(400);
    }

    @Test
    void ingest_whenAnObjectIsPut_comesBackAsLabels() {
        app.put("ingest/street corner " + UUID.randomUUID() + ".mp4", "a video");

        await(
                "labels of the analytic",
                A_WHILE,
                () -> app.s3.listObjectsV2(request -> request.bucket(app.bucket).prefix("labels/")).contents().stream()
                        .anyMatch(object -> object.size() == 20_000));
    }

    private static String output(String query) {
        String id = UUID.randomUUID().toString();
        URI standIn = URI.create(String.valueOf(requireNonNull(app.fact("platform"))));
        assertThat(app.send(HttpRequest.newBuilder(standIn.resolve("/stand-in/jobs/" + id + "?" + query))
                                .PUT(HttpRequest.BodyPublishers.noBody()))
                        .status())
                .isEqualTo(201);
        return id;
    }

    private static RunningApplication.Answer complete(String id) {
        return app.post(
                "/job-complete",
                Json.string(Map.of("id", id, "event", "job_complete", "msg", "")),
                "content-type",
                "application/json");
    }
}
