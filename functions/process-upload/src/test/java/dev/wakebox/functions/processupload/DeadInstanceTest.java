package dev.wakebox.functions.processupload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.compute.InMemoryInstances;
import dev.wakebox.compute.Instance;
import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.command.CommandResult;
import dev.wakebox.compute.command.InMemoryCommands;
import dev.wakebox.jobs.InMemoryJobStore;
import dev.wakebox.jobs.InMemoryUsageLedger;
import dev.wakebox.local.page.PageStandIn;
import dev.wakebox.local.page.Video;
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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * EC2 reports the instance as running, but it accepts no files. Simulates hours by the second, with EC2's usual times,
 * the queue's deliveries as the function orders them, and the sweep every five minutes.
 */
class DeadInstanceTest {
    private static final String BUCKET = "wakebox-data-000000000000-us-east-1";
    private static final String INSTANCE = "i-0123456789abcdef0";
    private static final int MOST_RECEIVES = 20;
    private static final Duration BAR = Duration.ofMinutes(6);
    private static final Duration TO_STOP = Duration.ofSeconds(45);
    private static final Duration TO_START = Duration.ofSeconds(20);
    private static final Duration TO_BOOT = Duration.ofSeconds(40);

    /** The faults of an instance that EC2 reports as running. */
    enum Fault {
        /** Its program was killed: nothing listens. */
        PROGRAM_KILLED,
        /** Its program hangs: the health path is not answered. */
        PROGRAM_HUNG,
        /** The agent of Systems Manager does not answer, so the start command can't be sent. */
        AGENT_GONE,
        /** The program answers its health path, but every file with 500. */
        DISK_FULL_IN_THE_PROGRAM,
        /** The start command fails. */
        DISK_FULL_AT_THE_START;

        boolean atTheStart() {
            return this == AGENT_GONE || this == DISK_FULL_AT_THE_START;
        }
    }

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-22T12:00:00Z"));
    private final InstantSource time = now::get;
    private final Clock clock = time.withZone(ZoneOffset.UTC);
    private final InMemoryJobStore jobs = new InMemoryJobStore(clock);
    private final InMemoryInstances instances = new InMemoryInstances(clock);
    private final InMemoryObjectStore files = new InMemoryObjectStore(clock);
    private final InMemoryCommands commands = new InMemoryCommands(clock);
    private final Uploads uploads = new Uploads(jobs, clock);
    private final ProcessingInstance processingInstance =
            new ProcessingInstance(new InMemoryUsageLedger(), instances, INSTANCE, clock);
    /** A set, for the owner gets one mail for any number of calls. */
    private final Set<String> notified = new LinkedHashSet<>();

    private final List<Instant> restarts = new ArrayList<>();
    private final PageStandIn page = PageStandIn.start(0);
    private final Map<String, Message> queue = new HashMap<>();
    private final ProcessUploadHandler handler = handler();
    private Optional<Fault> fault = Optional.empty();
    private boolean faultOutlivesRestarts;
    private Instant stateSince = now.get();
    private InstanceState stateBefore = InstanceState.STOPPED;

    private record Message(Instant due, int receiveCount) {}

    @BeforeEach
    void asleep() {
        instances.set(INSTANCE, InstanceState.STOPPED);
    }

    @AfterEach
    void close() {
        page.close();
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"AGENT_GONE", "DISK_FULL_AT_THE_START"})
    void upload_whenTheInstanceDiedUnderAnother_isProcessedWithinSixMinutes(Fault kind) {
        announce("a");
        pass(Duration.ofMinutes(3));
        assertThat(stage("a")).isEqualTo(Stage.PROCESSING);
        if (kind == Fault.DISK_FULL_IN_THE_PROGRAM) {
            processorFailed("a"); // an instance that processes another file may be busy
            instances.set(INSTANCE, InstanceState.RUNNING);
            pass(Duration.ofMinutes(1));
        }

        fault = Optional.of(kind);
        announce("b");
        pass(BAR);

        assertThat(stage("b")).isEqualTo(Stage.PROCESSING);
        assertThat(restarts).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"PROGRAM_KILLED", "PROGRAM_HUNG"})
    void fileOfAPage_whenTheInstanceDiedUnderAnother_isProcessedWithinSixMinutes(Fault kind) {
        ofPage("a");
        pass(Duration.ofMinutes(3));
        assertThat(stage("a")).isEqualTo(Stage.PROCESSING);

        fault = Optional.of(kind);
        ofPage("b");
        pass(BAR);

        assertThat(stage("b")).isEqualTo(Stage.PROCESSING);
        pass(Duration.ofMinutes(5));
        assertThat(notified).containsExactly(id("a"));
    }

    @ParameterizedTest
    @EnumSource
    void uploads_whenRestartsDoNotHelp_failWithThatReasonAndTheInstanceStops(Fault kind) {
        faultOutlivesRestarts = true;
        if (!kind.atTheStart()) {
            announce("0");
            pass(Duration.ofMinutes(3));
            processorFailed("0");
            instances.set(INSTANCE, InstanceState.RUNNING);
        }
        fault = Optional.of(kind);
        for (int i = 1; i <= 12; i++) {
            announce("a" + i);
            pass(Duration.ofMinutes(5));
            assertThat(restarts.stream().filter(at -> at.isAfter(now.get().minus(Duration.ofHours(1)))))
                    .hasSizeLessThanOrEqualTo(2);
        }

        assertThat(restarts).isNotEmpty();
        assertThat(notified).contains(id("a1"));
        assertThat(uploads.find(id("a12")).orElseThrow().history()).isNotEmpty();
        assertThat(List.of("a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8"))
                .allSatisfy(name -> assertThat(stage(name)).isEqualTo(Stage.FAILED));
        assertThat(List.of("a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8")).anySatisfy(name -> assertThat(
                        uploads.find(id(name)).orElseThrow().reason())
                .endsWith(" The instance was restarted 2 times within an hour."));
        pass(Duration.ofMinutes(40));
        assertThat(processingInstance.neededBy()).isEmpty();
        assertThat(instances.describe(INSTANCE).map(Instance::state)).contains(InstanceState.STOPPED);
        assertThat(notified).hasSizeGreaterThanOrEqualTo(12);
    }

    @Test
    void instance_whenItsProgramDiedAndNoUploadComes_isStoppedByTheSweepLongBeforeTheTimeLimit() {
        announce("a");
        pass(Duration.ofMinutes(3));

        fault = Optional.of(Fault.PROGRAM_KILLED);
        pass(Duration.ofMinutes(16));

        assertThat(stage("a")).isEqualTo(Stage.FAILED);
        assertThat(uploads.find(id("a")).orElseThrow().reason())
                .isEqualTo("The processing instance stopped before the result was there.");
        assertThat(instances.describe(INSTANCE).map(Instance::state)).contains(InstanceState.STOPPED);
    }

    @Test
    void instance_whenItIsBusyButReportsProgress_isNotRestarted() {
        announce("a");
        pass(Duration.ofMinutes(3));

        fault = Optional.of(Fault.PROGRAM_HUNG);
        announce("b");
        for (int percent = 1; percent <= 10; percent++) {
            uploads.progress(uploads.find(id("a")).orElseThrow(), percent);
            pass(Duration.ofMinutes(1));
        }

        assertThat(restarts).isEmpty();
    }

    @Test
    void instance_whenItRefusesAFileWhileItHasAnother_isNotRestarted() {
        announce("a");
        pass(Duration.ofMinutes(3));

        fault = Optional.of(Fault.DISK_FULL_IN_THE_PROGRAM);
        announce("b");
        pass(Duration.ofMinutes(10));

        assertThat(restarts).isEmpty();
        assertThat(stage("a")).isEqualTo(Stage.PROCESSING);
    }

    @Test
    void instance_whenItNeedsNineMinutesToBoot_isNotRestarted() {
        fault = Optional.of(Fault.PROGRAM_KILLED);
        faultOutlivesRestarts = true;
        announce("a");
        pass(Duration.ofMinutes(9));
        fault = Optional.empty();
        pass(Duration.ofMinutes(2));

        assertThat(restarts).isEmpty();
        assertThat(stage("a")).isEqualTo(Stage.PROCESSING);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void restart_whenTheOrderFailsOrTheAnswersOfTheRecordsAreLost_isOrderedAgainAndCountsOnce(boolean answersLost) {
        announce("a");
        pass(Duration.ofMinutes(3));
        fault = Optional.of(Fault.PROGRAM_KILLED);
        instances.set(INSTANCE, InstanceState.RUNNING); // a launch without a record
        announce("b");
        announce("c");
        pass(Duration.ofMinutes(1));
        if (answersLost) {
            jobs.loseAnswers();
        } else {
            instances.failNextStop();
        }
        pass(Duration.ofMinutes(15));

        assertThat(restarts).hasSize(1);
        assertThat(jobs.find(new dev.wakebox.jobs.JobId("restarts", INSTANCE))
                        .orElseThrow()
                        .history())
                .hasSize(1);
        assertThat(List.of(stage("b"), stage("c"))).containsOnly(Stage.PROCESSING);
    }

    private ProcessUploadHandler handler() {
        var processor = new Processor() {
            @Override
            public boolean ready(String address) {
                return booted() && !has(Fault.PROGRAM_KILLED) && !has(Fault.PROGRAM_HUNG);
            }

            @Override
            public Answer submit(String address, String bucket, Upload upload) {
                return has(Fault.DISK_FULL_IN_THE_PROGRAM)
                        ? new Answer.Refused("it answered HTTP 500")
                        : new Answer.Accepted();
            }
        };
        var health = new InstanceHealth(jobs, clock, new HealthLimits(Duration.ofMinutes(2), Duration.ofMinutes(10)));
        var start = new SsmStartCommand("docker compose up --detach", commands, jobs, clock, () -> "sender");
        var processing = new Processing(
                uploads,
                files,
                new SizeLimit(300),
                Optional.of(new HttpPage(
                        page.uri().toString(), false, Language.ES, Duration.ofSeconds(3), Clock.systemUTC())),
                processingInstance,
                start,
                processor,
                health,
                notified::add,
                BUCKET);
        return new ProcessUploadHandler(
                BUCKET,
                processing,
                new UploadSweep(uploads, processingInstance, processing, clock, Duration.ofHours(2)),
                (handle, delay) -> queue.computeIfPresent(
                        handle, (_, message) -> new Message(now.get().plus(delay), message.receiveCount())),
                MOST_RECEIVES);
    }

    private boolean has(Fault kind) {
        return fault.filter(kind::equals).isPresent();
    }

    private boolean booted() {
        Instance instance = instances.describe(INSTANCE).orElseThrow();
        return instance.state() == InstanceState.RUNNING
                && !now.get().isBefore(instance.launchTime().plus(TO_BOOT));
    }

    private void announce(String name) {
        uploads.create(id(name), new Owner("ana@example.org", "Ana", Language.EN), "junction.mp4", "mp4");
        put(name);
    }

    private void ofPage(String name) {
        page.put(new Video(id(name), "cruce.mp4", "ana@example.org", "Ana", false));
        put(name);
    }

    private void put(String name) {
        files.put(Keys.video(id(name), "mp4"), new byte[4], "video/mp4", new Condition.Always());
        queue.put(id(name), new Message(now.get(), 0));
    }

    private void processorFailed(String name) {
        Invocation.of(
                handler,
                Json.string(
                        Map.of("Records", List.of(record("failed", 1, Map.of("failed", id(name), "reason", "no"))))));
    }

    private static String id(String name) {
        return "0".repeat(32 - name.length()) + name;
    }

    private Stage stage(String name) {
        return uploads.find(id(name)).orElseThrow().stage();
    }

    private void pass(Duration duration) {
        for (long second = 0; second < duration.toSeconds(); second++) {
            now.updateAndGet(before -> before.plusSeconds(1));
            ec2();
            systemsManager();
            for (String id : List.copyOf(queue.keySet())) {
                deliver(id);
            }
            if (now.get().getEpochSecond() % 300 == 0) {
                Invocation.ofFixture(handler, "process-upload-sweep.json");
            }
        }
    }

    private void ec2() {
        InstanceState state = instances.describe(INSTANCE).orElseThrow().state();
        if (state != stateBefore) {
            stateBefore = state;
            stateSince = now.get();
            if (state == InstanceState.STOPPING
                    && !processingInstance.neededBy().isEmpty()) {
                restarts.add(now.get());
            }
        }
        if (state == InstanceState.STOPPING && !now.get().isBefore(stateSince.plus(TO_STOP))) {
            instances.set(INSTANCE, InstanceState.STOPPED);
        }
        if (state == InstanceState.PENDING && !now.get().isBefore(stateSince.plus(TO_START))) {
            instances.set(INSTANCE, InstanceState.RUNNING);
            fault = fault.filter(_ -> faultOutlivesRestarts);
        }
    }

    /** Ends every command that was sent, as a success or a failure. */
    private void systemsManager() {
        commands.fail(has(Fault.AGENT_GONE) ? new WakeboxException(ErrorCode.UNAVAILABLE, "InvalidInstanceId") : null);
        for (int i = 1; i <= commands.scripts().size(); i++) {
            commands.set(
                    "command-" + i,
                    new CommandResult(
                            has(Fault.DISK_FULL_AT_THE_START)
                                    ? CommandResult.Status.FAILED
                                    : CommandResult.Status.SUCCESS,
                            "details",
                            1,
                            "no space left on device"));
        }
    }

    private void deliver(String id) {
        Message message = queue.get(id);
        if (message == null || now.get().isBefore(message.due())) {
            return;
        }
        int receiveCount = message.receiveCount() + 1;
        queue.put(id, new Message(now.get().plus(Duration.ofMinutes(3)), receiveCount));
        var event = Map.of(
                "Records",
                List.of(Map.of(
                        "eventName",
                        "ObjectCreated:Put",
                        "eventTime",
                        "2026-11-22T12:00:00Z",
                        "s3",
                        Map.of("bucket", Map.of("name", BUCKET), "object", Map.of("key", Keys.video(id, "mp4"))))));
        var answer = Invocation.of(handler, Json.string(Map.of("Records", List.of(record(id, receiveCount, event)))));
        boolean settled = answer.get("batchItemFailures") instanceof List<?> failures && failures.isEmpty();
        if (settled || receiveCount == MOST_RECEIVES) {
            queue.remove(id);
        }
    }

    private static Map<String, ?> record(String handle, int receiveCount, Map<String, ?> body) {
        return Map.of(
                "eventSource",
                "aws:sqs",
                "messageId",
                "1",
                "receiptHandle",
                handle,
                "attributes",
                Map.of("ApproximateReceiveCount", Integer.toString(receiveCount)),
                "body",
                Json.string(body));
    }
}
