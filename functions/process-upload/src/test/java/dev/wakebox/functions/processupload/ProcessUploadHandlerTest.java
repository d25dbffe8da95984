package dev.wakebox.functions.processupload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.compute.InMemoryInstances;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.jobs.InMemoryJobStore;
import dev.wakebox.jobs.InMemoryUsageLedger;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import dev.wakebox.uploads.Keys;
import dev.wakebox.uploads.Language;
import dev.wakebox.uploads.Owner;
import dev.wakebox.uploads.ProcessingInstance;
import dev.wakebox.uploads.SizeLimit;
import dev.wakebox.uploads.Stage;
import dev.wakebox.uploads.Upload;
import dev.wakebox.uploads.Uploads;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private final InMemoryUsageLedger ledger = new InMemoryUsageLedger();
    private final InMemoryInstances instances = new InMemoryInstances(clock);
    private final FakeProcessor processor = new FakeProcessor();
    /** A set, for the owner gets one mail for any number of calls. */
    private final Set<String> notified = new LinkedHashSet<>();

    private final List<String> ended = new ArrayList<>();
    private String unreachableQueue = "";
    private final List<Duration> delays = new ArrayList<>();
    private final Uploads uploads = new Uploads(jobs, clock);
    private final ProcessingInstance processingInstance = new ProcessingInstance(ledger, instances, INSTANCE, clock);
    private final InMemoryObjectStore files = new InMemoryObjectStore(clock);
    private final InstanceHealth health =
            new InstanceHealth(jobs, clock, new HealthLimits(Duration.ofMinutes(2), Duration.ofMinutes(10)));
    private final Processing processing = new Processing(
            uploads,
            files,
            new SizeLimit(300),
            Optional.empty(),
            processingInstance,
            StartCommand.NONE,
            processor,
            health,
            notices(),
            BUCKET);
    private final ProcessUploadHandler handler = new ProcessUploadHandler(
            BUCKET,
            processing,
            new UploadSweep(uploads, processingInstance, processing, clock, Duration.ofHours(2)),
            (_, delay) -> delays.add(delay),
            MOST_RECEIVES);

    @BeforeEach
    void announced() {
        instances.set(INSTANCE, InstanceState.STOPPED);
        announce(ID);
    }

    @Test
    void file_whenTheInstanceIsStopped_startsItAndIsRedeliveredWithGrowingDelays() {
        assertThat(fileArrived(ID, 1)).isFalse();
        assertThat(fileArrived(ID, 2)).isFalse();
        assertThat(instances.calls()).containsExactly("start " + INSTANCE);
        instances.set(INSTANCE, InstanceState.RUNNING);
        processor.ready = false;
        for (int receive = 3; receive < 7; receive++) {
            assertThat(fileArrived(ID, receive)).isFalse();
        }
        assertThat(processor.submitted()).isEmpty();
        processor.ready = true;

        assertThat(fileArrived(ID, 7)).isTrue();

        assertThat(processor.submitted()).containsExactly(SUBMISSION);
        assertThat(delays).extracting(Duration::toSeconds).containsExactly(5L, 10L, 20L, 40L, 60L, 60L);
        assertThat(upload(ID).stage()).isEqualTo(Stage.PROCESSING);
    }

    @Test
    void file_whenTheEventIsRedelivered_isSubmittedOnce() {
        instances.set(INSTANCE, InstanceState.RUNNING);

        assertThat(fileArrived(ID, 1)).isTrue();
        assertThat(fileArrived(ID, 1)).isTrue();
        resultArrived(ID);
        assertThat(fileArrived(ID, 1)).isTrue();

        assertThat(processor.submitted()).containsExactly(SUBMISSION);
        assertThat(processingInstance.neededBy()).isEmpty();
    }

    @Test
    void file_whenAnEarlierDeliveryNeedsTheInstanceTooLate_isForgottenAndTheInstanceStops() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        fileArrived(ID, 1);
        uploads.done(upload(ID));
        processingInstance.need(ID);

        assertThat(fileArrived(ID, 2)).isTrue();

        assertThat(processingInstance.neededBy()).isEmpty();
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
                                message("1", notification(BUCKET, "videos/" + ID + ".mp4"), 1),
                                message("2", notification(BUCKET, "videos/" + OTHER + ".mp4"), 1)))));

        assertThat(answer).isEqualTo(Map.of("batchItemFailures", List.of(Map.of("itemIdentifier", "1"))));
        assertThat(upload(ID).stage()).isEqualTo(Stage.UPLOADED);
        assertThat(upload(OTHER).stage()).isEqualTo(Stage.PROCESSING);
    }

    @Test
    void result_whenNoOtherUploadNeedsTheInstance_stopsIt() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        fileArrived(ID, 1);

        resultArrived(ID);
        resultArrived(ID);

        assertThat(upload(ID).stage()).isEqualTo(Stage.DONE);
        assertThat(instances.calls()).containsExactly("stop " + INSTANCE);
        assertThat(ended).containsOnly(ID + " DONE The results are ready.");
    }

    @Test
    void result_whenAnotherUploadIsInWork_leavesTheInstanceRunning() {
        theInstanceHasTwoFiles();

        resultArrived(ID);
        assertThat(instances.calls()).isEmpty();
        resultArrived(OTHER);
        assertThat(instances.calls()).containsExactly("stop " + INSTANCE);
    }

    @Test
    void file_whenTheInstanceIsStillStoppingForAnother_waitsAndStartsItAgain() {
        instances.set(INSTANCE, InstanceState.STOPPING);
        assertThat(fileArrived(ID, 1)).isFalse();
        assertThat(instances.calls()).isEmpty();

        instances.set(INSTANCE, InstanceState.STOPPED);
        assertThat(fileArrived(ID, 2)).isFalse();
        assertThat(instances.calls()).containsExactly("start " + INSTANCE);
    }

    @Test
    void file_whenTheInstanceNeverGetsHealthy_failsInformsOnceAndIsDeadLettered() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        processor.ready = false;
        for (int receive = 1; receive <= MOST_RECEIVES; receive++) {
            assertThat(fileArrived(ID, receive)).as("receive %s", receive).isFalse();
        }

        assertThat(upload(ID).stage()).isEqualTo(Stage.FAILED);
        assertThat(upload(ID).reason()).isEqualTo("The processing instance does not answer yet.");
        assertThat(notified).containsExactly(ID);
        assertThat(instances.calls()).containsExactly("stop " + INSTANCE);
        assertThat(processingInstance.neededBy()).isEmpty();
        sweep();
        assertThat(notified).containsExactly(ID);
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
        assertThat(notified).containsExactly(ID);
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
        assertThat(notified).isEmpty();
    }

    @Test
    void file_whenTheConnectionBreaksAndNoResultComes_failsAtTheLimitAndTheInstanceStops() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        processor.answer(new Processor.Answer.Unknown("the connection broke"));
        fileArrived(ID, 1);

        later(Duration.ofMinutes(119));
        sweep();
        assertThat(notified).isEmpty();
        later(Duration.ofMinutes(2));
        sweep();
        sweep();

        assertThat(upload(ID).stage()).isEqualTo(Stage.FAILED);
        assertThat(upload(ID).reason()).isEqualTo("There was neither a result nor progress for 120 minutes.");
        assertThat(notified).containsExactly(ID);
        assertThat(instances.calls()).containsExactly("stop " + INSTANCE);
    }

    @Test
    void sweep_whenTheInstanceMakesProgressWithAnotherFile_letsThisWaitForItsTurn() {
        theInstanceHasTwoFiles();
        later(Duration.ofMinutes(100));
        uploads.progress(upload(OTHER), 50);

        later(Duration.ofMinutes(119));
        assertThat(sweep().get("uploads")).isEqualTo(Map.of(ID, "the instance has it", OTHER, "the instance has it"));

        later(Duration.ofMinutes(2));
        sweep();
        assertThat(notified).containsExactlyInAnyOrder(ID, OTHER);
        assertThat(instances.calls()).containsExactly("stop " + INSTANCE);
    }

    @Test
    void sweep_whenTheInstanceHadTheResultsOfAnotherFile_countsFromThen() {
        theInstanceHasTwoFiles();
        later(Duration.ofMinutes(100));
        resultArrived(OTHER);

        later(Duration.ofMinutes(119));
        assertThat(sweep().get("uploads")).isEqualTo(Map.of(ID, "the instance has it"));

        later(Duration.ofMinutes(2));
        sweep();
        assertThat(notified).containsExactly(ID);
    }

    @Test
    void sweep_whenTheInstanceOnlyTakesFiles_givesUpTheOneThatWaitsTooLong() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        fileArrived(ID, 1);
        later(Duration.ofMinutes(100));
        announce(OTHER);
        fileArrived(OTHER, 1);

        later(Duration.ofMinutes(21));
        sweep();

        assertThat(notified).containsExactly(ID);
        assertThat(upload(OTHER).stage()).isEqualTo(Stage.PROCESSING);
    }

    @Test
    void sweep_whenTheEventMayBeRedelivered_waitsForIt() {
        processingInstance.need(ID);

        later(Duration.ofMinutes(60));
        assertThat(sweep().get("uploads")).isEqualTo(Map.of(ID, "it waits for the instance"));

        later(Duration.ofMinutes(6));
        sweep();
        assertThat(upload(ID).reason()).isEqualTo("The processing instance did not get ready in time.");
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
    void sweep_whenTheInstanceStoppedUnderAnUpload_failsIt() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        fileArrived(ID, 1);
        instances.set(INSTANCE, InstanceState.STOPPED);

        sweep();

        assertThat(upload(ID).reason()).isEqualTo("The processing instance stopped before the result was there.");
        assertThat(notified).containsExactly(ID);
        assertThat(ended).containsExactly(ID + " FAILED The processing instance stopped before the result was there.");
    }

    @Test
    void sweep_whenTheInstanceStoppedUnderAnUploadAndWasStartedAgain_failsIt() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        fileArrived(ID, 1);
        later(Duration.ofMinutes(1));
        instances.set(INSTANCE, InstanceState.STOPPED);
        announce(OTHER);
        fileArrived(OTHER, 1);
        instances.set(INSTANCE, InstanceState.RUNNING);
        fileArrived(OTHER, 2);

        sweep();

        assertThat(upload(ID).reason()).isEqualTo("The processing instance stopped before the result was there.");
        assertThat(notified).containsExactly(ID);
        assertThat(upload(OTHER).stage()).isEqualTo(Stage.PROCESSING);
        assertThat(processingInstance.neededBy()).containsExactly(OTHER);
        assertThat(instances.calls()).containsExactly("start " + INSTANCE);
    }

    @Test
    void sweep_whenTheInstanceWasWokenForAnUploadAndReportsProgress_leavesIt() {
        fileArrived(ID, 1);
        instances.set(INSTANCE, InstanceState.RUNNING);
        later(Duration.ofMillis(1500));
        fileArrived(ID, 2);
        later(Duration.ofMinutes(1));
        uploads.progress(upload(ID), 50);

        assertThat(sweep())
                .isEqualTo(Map.of("uploads", Map.of(ID, "the instance has it"), "instance", "left as it is"));

        assertThat(upload(ID).stage()).isEqualTo(Stage.PROCESSING);
        assertThat(notified).isEmpty();
    }

    @Test
    void sweep_whenNoUploadNeedsTheInstance_stopsItAfterFiveMinutes() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        sweep();
        assertThat(instances.calls()).isEmpty();

        later(Duration.ofMinutes(6));
        assertThat(sweep()).isEqualTo(Map.of("uploads", Map.of(), "instance", "stopped: no upload needs it"));
        assertThat(instances.calls()).containsExactly("stop " + INSTANCE);
    }

    @Test
    void sweep_whenTheOwnerWasNotInformedYet_informsTheOwner() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        processingInstance.need(ID);
        uploads.move(upload(ID), Set.of(Stage.UPLOADING), Stage.FAILED, "no luck");

        sweep();

        assertThat(notified).containsExactly(ID);
        assertThat(ended).hasSize(1);
        assertThat(upload(ID).reason()).isEqualTo("no luck");
        assertThat(processingInstance.neededBy()).isEmpty();
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
    void file_whenTheInstanceIsGone_failsInTheEnd(InstanceState state) {
        instances.set(INSTANCE, state);

        assertThat(fileArrived(ID, 1)).isFalse();
        assertThat(fileArrived(ID, MOST_RECEIVES)).isFalse();

        assertThat(upload(ID).reason()).isEqualTo("The processing instance does not exist any more.");
        assertThat(notified).containsExactly(ID);
    }

    @ParameterizedTest
    @CsvSource({
        "videos/ffffffffffffffffffffffffffffffff.mp4, " + BUCKET,
        "videos/../x.mp4, " + BUCKET,
        "videos/" + ID + ".mov, " + BUCKET,
        "videos/folder/, " + BUCKET,
        "videos/" + ID + ".mp4, another-bucket",
        "csvs/" + ID + ".csv, " + BUCKET
    })
    void event_whenAboutSomethingElse_isIgnored(String key, String bucket) {
        instances.set(INSTANCE, InstanceState.RUNNING);

        assertThat(deliver(bucket, key, 1)).isTrue();

        assertThat(processor.submitted()).isEmpty();
        assertThat(processingInstance.neededBy()).isEmpty();
        assertThat(upload(ID).stage()).isEqualTo(Stage.UPLOADING);
    }

    @Test
    void result_whenItIsNotThere_isNone() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        fileArrived(ID, 1);

        assertThat(deliver(BUCKET, Keys.summary(ID), 1)).isTrue();

        assertThat(upload(ID).stage()).isEqualTo(Stage.PROCESSING);
        assertThat(instances.calls()).isEmpty();
    }

    @Test
    void box_whenItCannotProcessAFile_failsThatAtOnceAndGoesOnWithTheOther() {
        theInstanceHasTwoFiles();

        assertThat(processorFailed(ID, "The file is no video.")).isTrue();
        assertThat(processorFailed(ID, "The file is no video.")).isTrue();

        assertThat(upload(ID).stage()).isEqualTo(Stage.FAILED);
        assertThat(upload(ID).reason()).isEqualTo("The file is no video.");
        assertThat(notified).containsOnly(ID);
        assertThat(upload(OTHER).stage()).isEqualTo(Stage.PROCESSING);
        assertThat(instances.calls()).isEmpty();

        assertThat(processorFailed(OTHER, "")).isTrue();
        assertThat(upload(OTHER).reason()).isEqualTo("The file could not be processed.");
        assertThat(instances.calls()).containsExactly("stop " + INSTANCE);
    }

    @Test
    void box_whenItSaysThatAFinishedFileFailed_isTooLate() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        fileArrived(ID, 1);
        resultArrived(ID);

        assertThat(processorFailed(ID, "no")).isTrue();
        assertThat(processorFailed("unknown", "no")).isTrue();

        assertThat(upload(ID).stage()).isEqualTo(Stage.DONE);
        assertThat(notified).isEmpty();
    }

    @Test
    void file_whenGone_failsAtOnceAndWakesNothing() {
        files.delete(Keys.video(ID, "mp4"));

        assertThat(fileArrived(ID, 1)).isTrue();

        assertThat(upload(ID).reason()).isEqualTo("The file does not exist any more.");
        assertThat(notified).containsExactly(ID);
        assertThat(instances.calls()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'<!doctype html>', The file is not a video but a web page.",
        "%PDF-1.7, The file is not a video but a PDF document.",
        "'GIF89a', The file is not a video but a picture.",
        "'{\"message\":\"no\"}', The file is not a video but a text."
    })
    void file_whenCertainlyNoVideo_failsAtOnceAndWakesNothing(String bytes, String reason) {
        files.put(
                Keys.video(ID, "mp4"), bytes.getBytes(StandardCharsets.US_ASCII), "video/mp4", new Condition.Always());

        assertThat(fileArrived(ID, 1)).isTrue();

        assertThat(upload(ID).reason()).isEqualTo(reason);
        assertThat(notified).containsExactly(ID);
        assertThat(instances.calls()).isEmpty();
        assertThat(processor.submitted()).isEmpty();
        assertThat(processingInstance.neededBy()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"mail", "webhook"})
    void file_whenItsFailureCannotBeReported_isReportedAtTheNextDelivery(String unreachable) {
        put(Keys.video(ID, "mp4"), 0);
        unreachableQueue = unreachable;

        assertThat(fileArrived(ID, 1)).isFalse();
        assertThat(upload(ID).stage()).isEqualTo(Stage.FAILED);
        unreachableQueue = "";
        assertThat(fileArrived(ID, 2)).isTrue();

        assertThat(notified).containsOnly(ID);
        assertThat(ended).containsExactly(ID + " FAILED The file is empty.");
        assertThat(instances.calls()).isEmpty();
    }

    @Test
    void file_whenEmptyAndTheInstanceIsAtAnother_failsAtOnceAndTheOtherGoesOn() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        fileArrived(ID, 1);
        announce(OTHER);
        put(Keys.video(OTHER, "mp4"), 0);

        assertThat(fileArrived(OTHER, 1)).isTrue();

        assertThat(upload(OTHER).reason()).isEqualTo("The file is empty.");
        assertThat(notified).containsExactly(OTHER);
        assertThat(processor.submitted()).containsExactly(SUBMISSION);
        assertThat(instances.calls()).isEmpty();
        assertThat(processingInstance.neededBy()).containsExactly(ID);
    }

    @ParameterizedTest
    @CsvSource({
        "300, 314572800, PROCESSING",
        "300, 314572801, FAILED",
        "1, 1048577, FAILED",
        "50000, 52428800000, PROCESSING"
    })
    void file_whenItsLengthWasNotAnnounced_isMeasuredWhenItArrives(int limit, long size, Stage stage) {
        instances.set(INSTANCE, InstanceState.RUNNING);
        var measured = new Processing(
                uploads,
                new SizedFiles(size),
                new SizeLimit(limit),
                Optional.empty(),
                processingInstance,
                StartCommand.NONE,
                processor,
                health,
                notified::add,
                BUCKET);

        measured.fileArrived(new Keys.Video(ID, "mp4"));
        measured.fileArrived(new Keys.Video(ID, "mp4"));

        assertThat(upload(ID).stage()).isEqualTo(stage);
        assertThat(notified).hasSize(stage == Stage.FAILED ? 1 : 0);
        assertThat(processor.submitted()).hasSize(stage == Stage.FAILED ? 0 : 1);
    }

    @Test
    void fixtures_whenInvoked_areUnderstood() {
        instances.set(INSTANCE, InstanceState.RUNNING);

        Invocation.ofFixture(handler, "process-upload-file.json");
        assertThat(processor.submitted()).containsExactly(SUBMISSION);
        put(Keys.summary(ID), 100);
        Invocation.ofFixture(handler, "process-upload-result.json");
        assertThat(upload(ID).stage()).isEqualTo(Stage.DONE);
        assertThat(Invocation.ofFixture(handler, "process-upload-sweep.json"))
                .containsEntry("instance", "left as it is");
    }

    private void theInstanceHasTwoFiles() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        announce(OTHER);
        fileArrived(ID, 1);
        fileArrived(OTHER, 1);
    }

    private void announce(String id) {
        uploads.create(id, new Owner("ana@example.org", "Ana", Language.EN), "junction.mp4", "mp4");
        put(Keys.video(id, "mp4"), 4);
    }

    private void put(String key, int size) {
        files.put(key, new byte[size], "video/mp4", new Condition.Always());
    }

    private Upload upload(String id) {
        return uploads.find(id).orElseThrow();
    }

    private FailureNotices notices() {
        return new FailureNotices() {
            @Override
            public void notifyOwner(String uploadId) {
                failIfUnreachable("mail");
                notified.add(uploadId);
            }

            @Override
            public void ended(Upload upload, Stage stage, String reason) {
                failIfUnreachable("webhook");
                ended.add(upload.id() + " " + stage + " " + reason);
            }
        };
    }

    private void failIfUnreachable(String queue) {
        if (queue.equals(unreachableQueue)) {
            throw new WakeboxException(ErrorCode.UNAVAILABLE, "The queue can't be reached.");
        }
    }

    private void later(Duration duration) {
        now.updateAndGet(before -> before.plus(duration));
    }

    /** Whether the event was settled. */
    private boolean fileArrived(String id, int receiveCount) {
        return deliver(BUCKET, "videos/" + id + ".mp4", receiveCount);
    }

    private void resultArrived(String id) {
        put(Keys.summary(id), 100);
        assertThat(deliver(BUCKET, "csvs/summary" + id + ".csv", 1)).isTrue();
    }

    private boolean processorFailed(String id, String reason) {
        return deliver(Map.of("failed", id, "reason", reason), 1);
    }

    private Map<String, ?> sweep() {
        return Invocation.ofFixture(handler, "process-upload-sweep.json");
    }

    private boolean deliver(String bucket, String key, int receiveCount) {
        return deliver(notification(bucket, key), receiveCount);
    }

    private boolean deliver(Map<String, ?> body, int receiveCount) {
        var answer = Invocation.of(handler, Json.string(Map.of("Records", List.of(message("1", body, receiveCount)))));
        return answer.get("batchItemFailures") instanceof List<?> failures && failures.isEmpty();
    }

    private static Map<String, ?> notification(String bucket, String key) {
        return Map.of(
                "Records",
                List.of(Map.of(
                        "eventName",
                        "ObjectCreated:Put",
                        "eventTime",
                        "2026-11-22T12:00:00Z",
                        "s3",
                        Map.of("bucket", Map.of("name", bucket), "object", Map.of("key", key)))));
    }

    private static Map<String, ?> message(String id, Map<String, ?> body, int receiveCount) {
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
                Json.string(body));
    }
}
