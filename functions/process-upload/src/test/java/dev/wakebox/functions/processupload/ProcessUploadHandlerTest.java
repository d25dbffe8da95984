package dev.wakebox.functions.processupload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.compute.InMemoryInstances;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.jobs.InMemoryJobStore;
import dev.wakebox.jobs.InMemoryNeeds;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.uploads.Box;
import dev.wakebox.uploads.Language;
import dev.wakebox.uploads.Owner;
import dev.wakebox.uploads.Stage;
import dev.wakebox.uploads.Upload;
import dev.wakebox.uploads.Uploads;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ProcessUploadHandlerTest {
    private static final String BUCKET = "wakebox-data-000000000000-us-east-1";
    private static final String INSTANCE = "i-0123456789abcdef0";
    private static final String ID = "0123456789abcdef0123456789abcdef";
    private static final String OTHER = "fedcba9876543210fedcba9876543210";
    private static final String SUBMISSION =
            InMemoryInstances.PRIVATE_ADDRESS + " " + BUCKET + " videos/" + ID + ".mp4 " + ID;
    private static final int MOST_RECEIVES = 20;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-22T12:00:00Z"));
    private final InstantSource time = now::get;
    private final Clock clock = time.withZone(ZoneOffset.UTC);
    private final InMemoryJobStore jobs = new InMemoryJobStore(clock);
    private final InMemoryNeeds needs = new InMemoryNeeds();
    private final InMemoryInstances instances = new InMemoryInstances(clock);
    private final FakeProcessor processor = new FakeProcessor();
    private final List<String> told = new ArrayList<>();
    private final List<Duration> delays = new ArrayList<>();
    private final Uploads uploads = new Uploads(jobs, clock);
    private final Box box = new Box(needs, instances, INSTANCE, clock);
    private final Processing processing = new Processing(uploads, box, processor, told::add, BUCKET);
    private final ProcessUploadHandler handler = new ProcessUploadHandler(
            BUCKET,
            processing,
            new Sweep(uploads, box, processing, clock, Duration.ofHours(2)),
            (_, delay) -> delays.add(delay),
            MOST_RECEIVES);

    @BeforeEach
    void announced() {
        instances.set(INSTANCE, InstanceState.STOPPED);
        announce(ID);
    }

    @Test
    void file_whenTheBoxSleeps_wakesItAndComesAgainWithGrowingDelays() {
        assertThat(fileArrived(ID, 1)).isFalse();
        assertThat(fileArrived(ID, 2)).isFalse();
        assertThat(instances.calls()).containsExactly("start " + INSTANCE);
        instances.set(INSTANCE, InstanceState.RUNNING);
        processor.healthy = false;
        for (int receive = 3; receive < 7; receive++) {
            assertThat(fileArrived(ID, receive)).isFalse();
        }
        assertThat(processor.submitted()).isEmpty();
        processor.healthy = true;

        assertThat(fileArrived(ID, 7)).isTrue();

        assertThat(processor.submitted()).containsExactly(SUBMISSION);
        assertThat(delays).extracting(Duration::toSeconds).containsExactly(5L, 10L, 20L, 40L, 60L, 60L);
        assertThat(upload(ID).stage()).isEqualTo(Stage.PROCESSING);
    }

    @Test
    void file_whenTheEventComesAgain_isSubmittedOnce() {
        instances.set(INSTANCE, InstanceState.RUNNING);

        assertThat(fileArrived(ID, 1)).isTrue();
        assertThat(fileArrived(ID, 1)).isTrue();
        resultArrived(ID);
        assertThat(fileArrived(ID, 1)).isTrue();

        assertThat(processor.submitted()).containsExactly(SUBMISSION);
        assertThat(box.neededBy()).isEmpty();
    }

    @Test
    void file_whenAnEarlierDeliveryNeedsTheBoxTooLate_isForgottenAndTheBoxSleeps() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        fileArrived(ID, 1);
        uploads.done(upload(ID));
        box.need(ID);

        assertThat(fileArrived(ID, 2)).isTrue();

        assertThat(box.neededBy()).isEmpty();
        assertThat(instances.calls()).containsExactly("stop " + INSTANCE);
    }

    @Test
    void batch_whenOneFileWaits_reportsOnlyThat() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        announce(OTHER);
        processor.answer(new Processor.Answer.Refused("it answered HTTP 500"));

        var answer = Invocation.of(
                handler,
                Json.string(Map.of(
                        "Records",
                        List.of(
                                message("1", BUCKET, "videos/" + ID + ".mp4", 1),
                                message("2", BUCKET, "videos/" + OTHER + ".mp4", 1)))));

        assertThat(answer).isEqualTo(Map.of("batchItemFailures", List.of(Map.of("itemIdentifier", "1"))));
        assertThat(upload(ID).stage()).isEqualTo(Stage.UPLOADED);
        assertThat(upload(OTHER).stage()).isEqualTo(Stage.PROCESSING);
    }

    @Test
    void result_whenNobodyElseNeedsTheBox_stopsIt() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        fileArrived(ID, 1);

        resultArrived(ID);
        resultArrived(ID);

        assertThat(upload(ID).stage()).isEqualTo(Stage.DONE);
        assertThat(instances.calls()).containsExactly("stop " + INSTANCE);
    }

    @Test
    void result_whenAnotherUploadIsInWork_leavesTheBoxRunning() {
        theBoxHasTwoFiles();

        resultArrived(ID);
        assertThat(instances.calls()).isEmpty();
        resultArrived(OTHER);
        assertThat(instances.calls()).containsExactly("stop " + INSTANCE);
    }

    @Test
    void file_whenTheBoxIsStillStoppingForAnother_waitsAndStartsItAgain() {
        instances.set(INSTANCE, InstanceState.STOPPING);
        assertThat(fileArrived(ID, 1)).isFalse();
        assertThat(instances.calls()).isEmpty();

        instances.set(INSTANCE, InstanceState.STOPPED);
        assertThat(fileArrived(ID, 2)).isFalse();
        assertThat(instances.calls()).containsExactly("start " + INSTANCE);
    }

    @Test
    void file_whenTheBoxNeverGetsHealthy_failsIsToldOnceAndDeadLettered() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        processor.healthy = false;
        for (int receive = 1; receive <= MOST_RECEIVES; receive++) {
            assertThat(fileArrived(ID, receive)).as("receive %s", receive).isFalse();
        }

        assertThat(upload(ID).stage()).isEqualTo(Stage.FAILED);
        assertThat(upload(ID).reason()).isEqualTo("The processing machine does not answer yet.");
        assertThat(told).containsExactly(ID);
        assertThat(instances.calls()).containsExactly("stop " + INSTANCE);
        assertThat(box.neededBy()).isEmpty();
        sweep();
        assertThat(told).containsExactly(ID);
    }

    @Test
    void file_whenTheApiAnswers500AllTheTime_failsWithThatReason() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        for (int receive = 1; receive <= MOST_RECEIVES; receive++) {
            processor.answer(new Processor.Answer.Refused("it answered HTTP 500"));
            assertThat(fileArrived(ID, receive)).isFalse();
        }

        assertThat(upload(ID).stage()).isEqualTo(Stage.FAILED);
        assertThat(upload(ID).reason()).contains("HTTP 500");
        assertThat(told).containsExactly(ID);
        assertThat(instances.calls()).containsExactly("stop " + INSTANCE);
    }

    @Test
    void file_whenTheAnswerOfTheRecordsIsLost_isSubmittedOnce() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        jobs.loseAnswers();

        assertThat(fileArrived(ID, 1)).isTrue();
        assertThat(fileArrived(ID, 2)).isTrue();

        assertThat(processor.submitted()).containsExactly(SUBMISSION);
    }

    @Test
    void file_whenTheApiRecovers_isDone() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        processor.answer(new Processor.Answer.Refused("it answered HTTP 500"));

        assertThat(fileArrived(ID, 1)).isFalse();
        assertThat(upload(ID).stage()).isEqualTo(Stage.UPLOADED);
        assertThat(fileArrived(ID, 2)).isTrue();
        assertThat(upload(ID).stage()).isEqualTo(Stage.PROCESSING);
    }

    @Test
    void file_whenTheConnectionBreaksAfterThePost_isNotPostedAgainAndTheResultCounts() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        processor.answer(new Processor.Answer.Unknown("the connection broke"));

        assertThat(fileArrived(ID, 1)).isTrue();
        assertThat(fileArrived(ID, 2)).isTrue();
        assertThat(processor.submitted()).hasSize(1);

        resultArrived(ID);
        assertThat(upload(ID).stage()).isEqualTo(Stage.DONE);
        assertThat(told).isEmpty();
    }

    @Test
    void file_whenTheConnectionBreaksAndNoResultComes_failsAtTheLimitAndTheBoxStops() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        processor.answer(new Processor.Answer.Unknown("the connection broke"));
        fileArrived(ID, 1);

        later(Duration.ofMinutes(119));
        sweep();
        assertThat(told).isEmpty();
        later(Duration.ofMinutes(2));
        sweep();
        sweep();

        assertThat(upload(ID).stage()).isEqualTo(Stage.FAILED);
        assertThat(upload(ID).reason()).isEqualTo("There was neither a result nor progress for 120 minutes.");
        assertThat(told).containsExactly(ID);
        assertThat(instances.calls()).containsExactly("stop " + INSTANCE);
    }

    @Test
    void sweep_whenTheBoxMakesProgressWithAnotherFile_letsThisWaitForItsTurn() {
        theBoxHasTwoFiles();
        later(Duration.ofMinutes(100));
        uploads.progress(upload(OTHER), 50);

        later(Duration.ofMinutes(119));
        assertThat(sweep().get("uploads")).isEqualTo(Map.of(ID, "the box has it", OTHER, "the box has it"));

        later(Duration.ofMinutes(2));
        sweep();
        assertThat(told).containsExactlyInAnyOrder(ID, OTHER);
        assertThat(instances.calls()).containsExactly("stop " + INSTANCE);
    }

    @Test
    void sweep_whenTheBoxHadTheResultsOfAnotherFile_countsFromThen() {
        theBoxHasTwoFiles();
        later(Duration.ofMinutes(100));
        resultArrived(OTHER);

        later(Duration.ofMinutes(119));
        assertThat(sweep().get("uploads")).isEqualTo(Map.of(ID, "the box has it"));

        later(Duration.ofMinutes(2));
        sweep();
        assertThat(told).containsExactly(ID);
    }

    @Test
    void sweep_whenTheBoxOnlyTakesFiles_givesUpTheOneThatWaitsTooLong() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        fileArrived(ID, 1);
        later(Duration.ofMinutes(100));
        announce(OTHER);
        fileArrived(OTHER, 1);

        later(Duration.ofMinutes(21));
        sweep();

        assertThat(told).containsExactly(ID);
        assertThat(upload(OTHER).stage()).isEqualTo(Stage.PROCESSING);
    }

    @Test
    void sweep_whenTheEventMayComeAgain_waitsForIt() {
        box.need(ID);

        later(Duration.ofMinutes(60));
        assertThat(sweep().get("uploads")).isEqualTo(Map.of(ID, "it waits for the box"));

        later(Duration.ofMinutes(6));
        sweep();
        assertThat(upload(ID).reason()).isEqualTo("The processing machine did not get ready in time.");
    }

    @Test
    void result_whenItComesAfterTheUploadWasGivenUp_counts() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        fileArrived(ID, 1);
        later(Duration.ofMinutes(121));
        sweep();

        resultArrived(ID);

        assertThat(upload(ID).stage()).isEqualTo(Stage.DONE);
    }

    @Test
    void sweep_whenTheBoxStoppedUnderAnUpload_failsIt() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        fileArrived(ID, 1);
        instances.set(INSTANCE, InstanceState.STOPPED);

        sweep();

        assertThat(upload(ID).reason()).isEqualTo("The processing machine stopped before the result was there.");
        assertThat(told).containsExactly(ID);
    }

    @Test
    void sweep_whenTheBoxStoppedUnderAnUploadAndWasStartedAgain_failsIt() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        fileArrived(ID, 1);
        later(Duration.ofMinutes(1));
        instances.set(INSTANCE, InstanceState.STOPPED);
        announce(OTHER);
        fileArrived(OTHER, 1);
        instances.set(INSTANCE, InstanceState.RUNNING);
        fileArrived(OTHER, 2);

        sweep();

        assertThat(upload(ID).reason()).isEqualTo("The processing machine stopped before the result was there.");
        assertThat(told).containsExactly(ID);
        assertThat(upload(OTHER).stage()).isEqualTo(Stage.PROCESSING);
        assertThat(box.neededBy()).containsExactly(OTHER);
        assertThat(instances.calls()).containsExactly("start " + INSTANCE);
    }

    @Test
    void sweep_whenTheBoxWasWokenForAnUploadAndReportsProgress_leavesIt() {
        fileArrived(ID, 1);
        instances.set(INSTANCE, InstanceState.RUNNING);
        later(Duration.ofMillis(1500));
        fileArrived(ID, 2);
        later(Duration.ofMinutes(1));
        uploads.progress(upload(ID), 50);

        assertThat(sweep()).isEqualTo(Map.of("uploads", Map.of(ID, "the box has it"), "box", "left as it is"));

        assertThat(upload(ID).stage()).isEqualTo(Stage.PROCESSING);
        assertThat(told).isEmpty();
    }

    @Test
    void sweep_whenTheBoxRunsForNobody_stopsItAfterFiveMinutes() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        sweep();
        assertThat(instances.calls()).isEmpty();

        later(Duration.ofMinutes(6));
        assertThat(sweep()).isEqualTo(Map.of("uploads", Map.of(), "box", "stopped: no upload needs it"));
        assertThat(instances.calls()).containsExactly("stop " + INSTANCE);
    }

    @Test
    void sweep_whenTheOwnerCouldNotBeToldBefore_tellsHimNow() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        box.need(ID);
        uploads.move(upload(ID), Set.of(Stage.UPLOADING), Stage.FAILED, "no luck");

        sweep();

        assertThat(told).containsExactly(ID);
        assertThat(upload(ID).reason()).isEqualTo("no luck");
        assertThat(box.neededBy()).isEmpty();
        assertThat(instances.calls()).containsExactly("stop " + INSTANCE);
    }

    @Test
    void file_whenTheRecordsAreOutOfReachToTheEnd_isDeadLetteredForAnOperator() {
        jobs.failWith(new WakeboxException(ErrorCode.UNAVAILABLE, "Cannot read."));

        assertThat(fileArrived(ID, 1)).isFalse();
        assertThat(fileArrived(ID, MOST_RECEIVES)).isFalse();
        assertThat(delays).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"TERMINATED", "SHUTTING_DOWN"})
    void file_whenTheBoxIsGone_failsInTheEnd(InstanceState state) {
        instances.set(INSTANCE, state);

        assertThat(fileArrived(ID, 1)).isFalse();
        assertThat(fileArrived(ID, MOST_RECEIVES)).isFalse();

        assertThat(upload(ID).reason()).isEqualTo("The processing machine does not exist any more.");
        assertThat(told).containsExactly(ID);
    }

    @ParameterizedTest
    @CsvSource({
        "videos/ffffffffffffffffffffffffffffffff.mp4, " + BUCKET,
        "videos/../x.mp4, " + BUCKET,
        "videos/" + ID + ".mp4, another-bucket",
        "csvs/" + ID + ".csv, " + BUCKET
    })
    void event_whenAboutSomethingElse_isIgnored(String key, String bucket) {
        instances.set(INSTANCE, InstanceState.RUNNING);

        assertThat(deliver(bucket, key, 1)).isTrue();

        assertThat(processor.submitted()).isEmpty();
        assertThat(box.neededBy()).isEmpty();
        assertThat(upload(ID).stage()).isEqualTo(Stage.UPLOADING);
    }

    @Test
    void fixtures_whenInvoked_areUnderstood() {
        instances.set(INSTANCE, InstanceState.RUNNING);

        Invocation.ofFixture(handler, "process-upload-file.json");
        assertThat(processor.submitted()).containsExactly(SUBMISSION);
        Invocation.ofFixture(handler, "process-upload-result.json");
        assertThat(upload(ID).stage()).isEqualTo(Stage.DONE);
        assertThat(Invocation.ofFixture(handler, "process-upload-sweep.json")).containsEntry("box", "left as it is");
    }

    private void theBoxHasTwoFiles() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        announce(OTHER);
        fileArrived(ID, 1);
        fileArrived(OTHER, 1);
    }

    private void announce(String id) {
        uploads.create(id, new Owner("ana@example.org", "Ana", Language.EN), "junction.mp4", "mp4");
    }

    private Upload upload(String id) {
        return uploads.find(id).orElseThrow();
    }

    private void later(Duration duration) {
        now.updateAndGet(before -> before.plus(duration));
    }

    /** Whether the event was settled. */
    private boolean fileArrived(String id, int receiveCount) {
        return deliver(BUCKET, "videos/" + id + ".mp4", receiveCount);
    }

    private void resultArrived(String id) {
        assertThat(deliver(BUCKET, "csvs/summary" + id + ".csv", 1)).isTrue();
    }

    private Map<String, ?> sweep() {
        return Invocation.ofFixture(handler, "process-upload-sweep.json");
    }

    private boolean deliver(String bucket, String key, int receiveCount) {
        var answer = Invocation.of(
                handler, Json.string(Map.of("Records", List.of(message("1", bucket, key, receiveCount)))));
        return answer.get("batchItemFailures") instanceof List<?> failures && failures.isEmpty();
    }

    private static Map<String, ?> message(String id, String bucket, String key, int receiveCount) {
        var notification = Map.of(
                "Records",
                List.of(Map.of(
                        "eventName",
                        "ObjectCreated:Put",
                        "eventTime",
                        "2026-11-22T12:00:00Z",
                        "s3",
                        Map.of("bucket", Map.of("name", bucket), "object", Map.of("key", key)))));
        return Map.of(
                "eventSource",
                "aws:sqs",
                "messageId",
                id,
                "receiptHandle",
                "handle",
                "attributes",
                Map.of("ApproximateReceiveCount", Integer.toString(receiveCount)),
                "body",
                Json.string(notification));
    }
}
