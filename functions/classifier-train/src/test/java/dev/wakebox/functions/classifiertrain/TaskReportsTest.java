package dev.wakebox.functions.classifiertrain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.classifier.Encoder;
import dev.wakebox.classifierjobs.TrainingJobs;
import dev.wakebox.classifierjobs.TrainingWork;
import dev.wakebox.graphql.GraphQl;
import dev.wakebox.graphql.TrainTasks;
import dev.wakebox.jobs.InMemoryJobStore;
import dev.wakebox.local.graphql.GraphQlStandIn;
import dev.wakebox.mentors.InMemoryMentors;
import dev.wakebox.mentors.Mentor;
import dev.wakebox.mentors.SampleMentors;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.Retries;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.InMemoryObjectStore;
import dev.wakebox.webhooks.Notices;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The reports to the GraphQL server, also after crashes of the worker and lost messages. */
class TaskReportsTest {
    private static final Encoder ENCODER = Encoder.open(Path.of("target/classes/encoder"));
    private static final String MENTOR = GraphQlStandIn.MENTOR;

    private Instant now = Instant.parse("2026-11-22T12:00:00Z");
    private final InstantSource time = () -> now;
    private final Clock clock = time.withZone(ZoneOffset.UTC);
    private final GraphQlStandIn server = GraphQlStandIn.start(0);
    private final InMemoryJobStore store = new InMemoryJobStore(clock);
    private final TrainingJobs jobs = new TrainingJobs(store, clock, TrainingJobs::newId);
    private final InMemoryMentors mentors = new InMemoryMentors()
            .put(new Mentor(MENTOR, "Ada", SampleMentors.ada().answers(), List.of()));
    private final List<String> watches = new ArrayList<>();
    private final ClassifierTrainHandler handler = handler();
    private final String id = jobs.ask(MENTOR).job().id();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void train_whenItSucceeds_isInProgressAndThenASuccess() {
        assertThat(deliver(train())).isEmpty();

        assertThat(statuses()).containsExactly("IN_PROGRESS", "SUCCESS");
        assertThat(server.notes())
                .containsEntry("origins", List.of("https://usc.mentorpal.org", "https://usc.mentorpal.org"));
        assertThat(watches).containsExactly(id + " after PT6M");
    }

    @Test
    void train_whenItCannotSucceed_isAFailure() {
        mentors.put(SampleMentors.of(MENTOR));

        assertThat(deliver(train())).isEmpty();

        assertThat(statuses()).containsExactly("IN_PROGRESS", "FAILURE");
    }

    @Test
    void train_whenItFailsForTheMoment_isAFailureUntilTheNextAttempt() {
        mentors.failToMark(new WakeboxException(ErrorCode.BAD_GATEWAY, "Down."));
        assertThat(deliver(train())).hasSize(1);
        mentors.failToMark(null);
        assertThat(deliver(train())).isEmpty();

        assertThat(statuses()).containsExactly("IN_PROGRESS", "FAILURE", "IN_PROGRESS", "SUCCESS");
    }

    @Test
    void train_whenTheEndCannotBeReported_isReportedWithTheNextDelivery() {
        server.fail(503, 0, 1000);
        assertThat(deliver(train())).as("redelivered for the report").hasSize(1);
        assertThat(mentors.trained()).hasSize(1);
        server.fail(0, 0, 0);

        assertThat(deliver(train())).isEmpty();

        assertThat(statuses()).containsExactly("SUCCESS");
        assertThat(mentors.trained()).as("not trained again").hasSize(1);
    }

    @Test
    void watch_whenTheWorkerCrashed_isAFailure() {
        assertThat(jobs.begin(id, now.plusSeconds(300))).isInstanceOf(TrainingWork.Work.class);
        now = now.plusSeconds(360);

        assertThat(deliver(watch())).isEmpty();

        assertThat(statuses()).containsExactly("FAILURE");
    }

    @Test
    void watch_whenTheWorkerIsAtIt_isInProgress() {
        jobs.begin(id, now.plusSeconds(300));

        assertThat(deliver(watch())).isEmpty();

        assertThat(statuses()).containsExactly("IN_PROGRESS");
    }

    @Test
    void watch_whenTheTrainingHasSucceeded_neverTakesThatBack() {
        deliver(train());
        now = now.plusSeconds(3600);

        deliver(watch());
        deliver(train());

        assertThat(statuses()).startsWith("IN_PROGRESS", "SUCCESS").doesNotContain("FAILURE");
        assertThat(statuses().getLast()).isEqualTo("SUCCESS");
    }

    @Test
    void watch_whenTheServerIsAway_comesAgain() {
        server.fail(503, 0, 1000);

        assertThat(deliver(watch())).hasSize(1);
    }

    private List<String> statuses() {
        return ((List<?>) server.notes().getOrDefault("trainTasks", List.of()))
                .stream()
                        .map(task -> (Map<?, ?>) task)
                        .peek(task -> assertThat(task.get("_id")).isEqualTo(id))
                        .map(task -> String.valueOf(task.get("status")))
                        .toList();
    }

    private String train() {
        return message("id");
    }

    private String watch() {
        return message("watch");
    }

    private String message(String kind) {
        return Json.string(
                Map.of(kind, id, "authorization", "Bearer of-the-caller", "origin", "https://usc.mentorpal.org"));
    }

    /** The messages that SQS redelivers. */
    private List<?> deliver(String body) {
        Map<String, @Nullable Object> answer = Invocation.of(
                handler,
                Json.string(Map.of(
                        "Records",
                        List.of(Map.of("messageId", "message-1", "receiptHandle", "receipt-1", "body", body)))));
        return (List<?>) answer.getOrDefault("batchItemFailures", List.of());
    }

    private ClassifierTrainHandler handler() {
        var graphQl = new GraphQl(
                server.uri(),
                new GraphQl.Limits(Duration.ofSeconds(5), Duration.ofSeconds(1)),
                new Retries(Clock.systemUTC(), pause -> {}, () -> 0),
                Clock.systemUTC(),
                Optional.empty());
        return new ClassifierTrainHandler(
                new Trainer(
                        jobs,
                        new TaskReports(jobs, new TrainTasks(Optional.of(graphQl)), Notices.NONE),
                        (watched, _, after) -> watches.add(watched + " after " + after),
                        mentors,
                        new InMemoryObjectStore(clock),
                        ENCODER,
                        Duration.ofMinutes(5),
                        Duration.ofMinutes(1),
                        clock),
                (_, _) -> {});
    }
}
