package dev.wakebox.functions.processupload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.compute.InMemoryInstances;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.jobs.InMemoryJobStore;
import dev.wakebox.jobs.InMemoryUsageLedger;
import dev.wakebox.local.page.PageStandIn;
import dev.wakebox.local.page.Video;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.Json;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import dev.wakebox.uploads.Keys;
import dev.wakebox.uploads.Language;
import dev.wakebox.uploads.Origin;
import dev.wakebox.uploads.Owner;
import dev.wakebox.uploads.ProcessingInstance;
import dev.wakebox.uploads.SizeLimit;
import dev.wakebox.uploads.Stage;
import dev.wakebox.uploads.Uploads;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that were not announced: the page that signed their URLs knows their owners. */
class PageModeTest {
    private static final String BUCKET = "wakebox-data-000000000000-us-east-1";
    private static final String INSTANCE = "i-0123456789abcdef0";
    private static final String ID = "cm1chk50n00005t02plax1hr2";
    private static final String KEY = "videos/" + ID + ".mp4";
    private static final int MOST_RECEIVES = 20;

    private final Clock clock =
            InstantSource.fixed(Instant.parse("2026-11-22T12:00:00Z")).withZone(ZoneOffset.UTC);
    private final InMemoryObjectStore files = new InMemoryObjectStore(clock);
    private final InMemoryInstances instances = new InMemoryInstances(clock);
    private final FakeProcessor processor = new FakeProcessor();
    /** A set, for the owner gets one mail for any number of calls. */
    private final Set<String> notified = new LinkedHashSet<>();

    private final InMemoryJobStore jobs = new InMemoryJobStore(clock);
    private final Uploads uploads = new Uploads(jobs, clock);
    private final InstanceHealth health =
            new InstanceHealth(jobs, clock, new HealthLimits(Duration.ofMinutes(2), Duration.ofMinutes(10)));
    private final ProcessingInstance processingInstance =
            new ProcessingInstance(new InMemoryUsageLedger(), instances, INSTANCE, clock);
    private final PageStandIn page = PageStandIn.start(0);
    private final ProcessUploadHandler handler = handler(Optional.of(
            new HttpPage(page.uri().toString(), true, Language.ES, Duration.ofSeconds(3), Clock.systemUTC())));

    @BeforeEach
    void uploaded() {
        instances.set(INSTANCE, InstanceState.RUNNING);
        page.put(new Video(ID, "cruce 4.MP4", "ana@example.org", "Ana", true));
        put(KEY, 4);
    }

    @AfterEach
    void close() {
        page.close();
    }

    @Test
    void file_whenThePageKnowsIt_isRecordedAndSubmittedOnceHoweverOftenItsEventComes() {
        for (int i = 0; i < 5; i++) {
            assertThat(deliver(handler, KEY, 1)).isTrue();
        }

        var upload = uploads.find(ID).orElseThrow();
        assertThat(upload.owner()).isEqualTo(new Owner("ana@example.org", "Ana", Language.ES));
        assertThat(upload.filename()).isEqualTo("cruce 4.MP4");
        assertThat(upload.origin()).isEqualTo(new Origin.Page(true));
        assertThat(upload.stage()).isEqualTo(Stage.PROCESSING);
        assertThat(processor.submitted())
                .containsExactly(InMemoryInstances.PRIVATE_ADDRESS + " " + BUCKET + " " + KEY + " " + ID);
        assertThat(page.requests()).containsExactly("/api/email_data/" + ID, "/api/default_matrix?id=" + ID);
    }

    @Test
    void file_whenItsEndingIsInCapitals_isFoundWhereItIs() {
        put("videos/" + ID + ".MOV", 4);

        assertThat(deliver(handler, "videos/" + ID + ".MOV", 1)).isTrue();

        assertThat(processor.submitted()).singleElement().asString().contains("videos/" + ID + ".MOV");
    }

    @Test
    void file_whenCertainlyNoVideo_failsAtOnceAndItsOwnerIsInformed() {
        files.put(KEY, "<html><body>Sign in".getBytes(UTF_8), "video/mp4", new Condition.Always());

        assertThat(deliver(handler, KEY, 1)).isTrue();

        assertThat(uploads.find(ID).orElseThrow().reason()).isEqualTo("The file is not a video but a web page.");
        assertThat(notified).containsExactly(ID);
        assertThat(processor.submitted()).isEmpty();
    }

    @Test
    void file_whenLargerThanWhatMayBeAnnounced_isThePagesToRefuse() {
        var large = new Processing(
                uploads,
                new SizedFiles(1L << 32),
                new SizeLimit(300),
                Optional.of(new HttpPage(
                        page.uri().toString(), false, Language.ES, Duration.ofSeconds(3), Clock.systemUTC())),
                processingInstance,
                StartCommand.NONE,
                processor,
                health,
                notified::add,
                BUCKET);

        large.fileArrived(new Keys.Video(ID, "mp4"));

        assertThat(processor.submitted()).hasSize(1);
        assertThat(page.requests()).containsExactly("/api/email_data/" + ID);
    }

    @Test
    void file_whenEmpty_failsWithOneMailAndCostsNothing() {
        put(KEY, 0);

        assertThat(deliver(handler, KEY, 1)).isTrue();
        assertThat(deliver(handler, KEY, 1)).isTrue();

        assertThat(notified).containsExactly(ID);
        assertThat(processingInstance.neededBy()).isEmpty();
        assertThat(processor.submitted()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = PageStandIn.Fault.class,
            names = {"STATUS_500", "ERROR_IN_BODY", "SILENCE", "HTML", "ENDLESS", "REDIRECT_TO_PRIVATE"})
    void file_whenThePageFails_comesAgainAndGoesWellThen(PageStandIn.Fault fault) {
        page.failWith(fault);

        assertThat(deliver(handler, KEY, 1)).isFalse();
        assertThat(uploads.find(ID)).isEmpty();
        assertThat(processingInstance.neededBy()).isEmpty();

        assertThat(deliver(handler, KEY, 2)).isTrue();
        assertThat(processor.submitted()).hasSize(1);
    }

    @Test
    void file_whenThePageFailsToTheEnd_isDeadLetteredAndNothingIsSubmitted() {
        page.failWith(PageStandIn.Fault.STATUS_500);

        assertThat(deliver(handler, KEY, MOST_RECEIVES)).isFalse();

        assertThat(uploads.find(ID)).isEmpty();
        assertThat(processor.submitted()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = PageStandIn.Fault.class,
            names = {"STATUS_500", "HTML", "SILENCE"})
    void file_whenTheSecondQuestionFails_comesAgain(PageStandIn.Fault fault) {
        page.failWith(PageStandIn.Fault.NONE, fault);

        assertThat(deliver(handler, KEY, 1)).isFalse();
        assertThat(uploads.find(ID)).isEmpty();
    }

    @Test
    void file_whenThePageDoesNotKnowIt_isRefusedPermanently() {
        put("videos/unknown.mp4", 4);

        assertThat(deliver(handler, "videos/unknown.mp4", 1)).isTrue();

        nothingHappened("unknown");
    }

    @Test
    void file_whenThePageAnswers404_isRefusedPermanently() {
        page.failWith(PageStandIn.Fault.NOT_FOUND);

        assertThat(deliver(handler, KEY, 1)).isTrue();

        nothingHappened(ID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ana", "ana@example.org, eve@example.org", "ana@example.org\r\nBcc: eve@example.org"})
    void file_whenItsOwnersAddressIsNone_isRefusedPermanently(String address) {
        page.put(new Video(ID, "a.mp4", address, "Ana", false));

        assertThat(deliver(handler, KEY, 1)).isTrue();

        nothingHappened(ID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "videos/",
                "videos/folder/",
                "videos/folder/" + ID + ".mp4",
                "videos/a b.mp4",
                "videos/..%2F..%2Fapi.mp4",
                "videos/" + ID,
                "videos/" + ID + ".mp4?x=1.mp4",
                "videos/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.mp4"
            })
    void file_whenItsNameIsNoneOfAnUpload_isRefusedAndThePageIsNotAsked(String key) {
        put(key, 4);

        assertThat(deliver(handler, key, 1)).isTrue();

        assertThat(page.requests()).isEmpty();
        assertThat(processor.submitted()).isEmpty();
    }

    @Test
    void file_whenThereIsNoPage_isRefusedPermanently() {
        assertThat(deliver(handler(Optional.empty()), KEY, 1)).isTrue();

        nothingHappened(ID);
        assertThat(page.requests()).isEmpty();
    }

    private void nothingHappened(String id) {
        assertThat(uploads.find(id)).isEmpty();
        assertThat(processor.submitted()).isEmpty();
        assertThat(processingInstance.neededBy()).isEmpty();
        assertThat(notified).isEmpty();
    }

    private ProcessUploadHandler handler(Optional<UploadPage> asked) {
        var processing = new Processing(
                uploads,
                files,
                new SizeLimit(300),
                asked,
                processingInstance,
                StartCommand.NONE,
                processor,
                health,
                notified::add,
                BUCKET);
        return new ProcessUploadHandler(
                BUCKET,
                processing,
                new UploadSweep(uploads, processingInstance, processing, clock, Duration.ofHours(2)),
                (_, _) -> {},
                MOST_RECEIVES);
    }

    private void put(String key, int size) {
        files.put(key, new byte[size], "video/mp4", new Condition.Always());
    }

    /** Whether the event was settled. */
    private static boolean deliver(ProcessUploadHandler handler, String key, int receiveCount) {
        var notification = Map.of(
                "Records",
                List.of(Map.of(
                        "eventName",
                        "ObjectCreated:Put",
                        "eventTime",
                        "2026-11-22T12:00:00Z",
                        "s3",
                        Map.of("bucket", Map.of("name", BUCKET), "object", Map.of("key", key)))));
        var answer = Invocation.of(
                handler,
                Json.string(Map.of(
                        "Records",
                        List.of(Map.of(
                                "eventSource",
                                "aws:sqs",
                                "messageId",
                                "1",
                                "receiptHandle",
                                "handle",
                                "attributes",
                                Map.of("ApproximateReceiveCount", Integer.toString(receiveCount)),
                                "body",
                                Json.string(notification))))));
        return answer.get("batchItemFailures") instanceof List<?> failures && failures.isEmpty();
    }
}
