package dev.wakebox.functions.classifiertrain;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.classifier.Classifier;
import dev.wakebox.classifier.Encoder;
import dev.wakebox.classifier.Models;
import dev.wakebox.classifierjobs.TrainingJob;
import dev.wakebox.classifierjobs.TrainingJob.Status;
import dev.wakebox.classifierjobs.TrainingJobs;
import dev.wakebox.graphql.TrainTasks;
import dev.wakebox.jobs.Change;
import dev.wakebox.jobs.InMemoryJobStore;
import dev.wakebox.jobs.JobId;
import dev.wakebox.mentors.Answer;
import dev.wakebox.mentors.InMemoryMentors;
import dev.wakebox.mentors.Media;
import dev.wakebox.mentors.Mentor;
import dev.wakebox.mentors.MentorJson;
import dev.wakebox.mentors.Question;
import dev.wakebox.mentors.SampleMentors;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.InMemoryObjectStore;
import dev.wakebox.storage.StoredObject;
import dev.wakebox.webhooks.Notice;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClassifierTrainHandlerTest {
    private static final Encoder ENCODER = Encoder.open(Path.of("target/classes/encoder"));

    private final InMemoryJobStore store = new InMemoryJobStore(Clock.systemUTC());
    private final TrainingJobs jobs =
            new TrainingJobs(store, Clock.systemUTC(), () -> UUID.randomUUID().toString());
    private final InMemoryMentors mentors = new InMemoryMentors();
    private final List<Duration> delays = new ArrayList<>();
    private final List<Notice> webhooks = new ArrayList<>();
    private final InMemoryObjectStore models = new InMemoryObjectStore(Clock.systemUTC());

    @Test
    void train_whenTheMentorHasAnswers_storesAModelAndReports() {
        mentors.put(SampleMentors.ada());
        String id = jobs.ask("ada").job().id();

        assertThat(deliver(id)).isEmpty();

        TrainingJob job = jobs.find(id).orElseThrow();
        assertThat(job.status()).as(job.message()).isEqualTo(Status.SUCCESS);
        assertThat(job.progress()).isEqualTo(100);
        assertThat(job.report())
                .containsEntry("answers", "3")
                .containsEntry("examples", "13") // 3 x 4, and one graded question
                .containsEntry("heldOut", "13")
                .containsKeys("accuracy", "calibrationError", "calibration", "temperature", "offTopicThreshold")
                .doesNotContainKeys("ambiguousQuestions", "warnings");
        assertThat(Double.parseDouble(String.valueOf(job.report().get("accuracy"))))
                .isBetween(0.3, 1.0);
        Classifier classifier = model("ada");
        assertThat(classifier.answer("in which town is your house", ENCODER).label())
                .isEqualTo("home");
        assertThat(classifier.answer("Woof!", ENCODER).label()).isEqualTo("pet");
        assertThat(MentorJson.read("ada", classifier.attachment()).answers()).hasSize(8);
        assertThat(mentors.trained()).containsExactly("ada");
        assertThat(mentors.authorizations()).containsOnly("Bearer of-the-caller");
        assertThat(webhooks).singleElement().satisfies(notice -> {
            assertThat(notice.source()).isEqualTo("wakebox.classifier");
            assertThat(notice.outcome()).isEqualTo("SUCCESS");
            assertThat(notice.time()).isEqualTo(job.updated());
            assertThat(notice.detail())
                    .containsEntry("id", id)
                    .containsEntry("mentor", "ada")
                    .containsEntry("retry", false);
        });
    }

    @Test
    void train_always_showsItsProgressInOrder() {
        mentors.put(SampleMentors.ada());
        String id = jobs.ask("ada").job().id();

        deliver(id);

        assertThat(store.find(new JobId("classifier-train", id)).orElseThrow().history())
                .extracting(Change::reason)
                .containsExactly(
                        "Waits for a worker.",
                        "Begun.",
                        "Fetches what the mentor has recorded.",
                        "Reads 13 questions.",
                        "Learns, and measures what it has learned.",
                        "Stores the model.",
                        "The model is stored; notes that the mentor is trained.",
                        "The new model answers from now on.");
    }

    @Test
    void train_whenThereIsOneAnswerWithOneQuestion_hasAModelAndNoAccuracy() {
        mentors.put(SampleMentors.of("m", SampleMentors.answer("a", "How old are you?", List.of())));
        String id = jobs.ask("m").job().id();

        deliver(id);

        TrainingJob job = jobs.find(id).orElseThrow();
        assertThat(job.status()).isEqualTo(Status.SUCCESS);
        assertThat(job.report()).containsEntry("heldOut", "0").doesNotContainKeys("accuracy", "calibrationError");
        assertThat(model("m").answer("What is your age?", ENCODER).label()).isEqualTo("a");
    }

    @Test
    void train_whenEachAnswerHasOneParaphrase_reportsWhatWasHeldOut() {
        mentors.put(SampleMentors.of(
                "m",
                SampleMentors.answer("a", "How old are you?", List.of("What is your age?")),
                SampleMentors.answer("b", "Where do you live?", List.of("Which town is your home?"))));
        String id = jobs.ask("m").job().id();

        deliver(id);

        assertThat(jobs.find(id).orElseThrow().report())
                .containsEntry("heldOut", "4")
                .containsKey("accuracy");
    }

    @Test
    void train_whenLabelsMeanNothingAndEveryQuestionIsRepeated_isNotImpressed() {
        List<String> texts = SampleMentors.ada().answersToQuestions().stream()
                .flatMap(answer ->
                        Stream.concat(Stream.of(answer.question().text()), answer.question().paraphrases().stream()))
                .sorted()
                .toList();
        mentors.put(SampleMentors.of(
                "m",
                IntStream.range(0, 3)
                        .mapToObj(answer -> SampleMentors.answer(
                                "answer-" + answer,
                                texts.get(answer),
                                IntStream.range(0, texts.size())
                                        .filter(place -> place % 3 == answer)
                                        .mapToObj(texts::get)
                                        .flatMap(text -> Stream.of(text, text.toUpperCase(Locale.ROOT) + "!"))
                                        .toList()))
                        .toArray(Answer[]::new)));
        String id = jobs.ask("m").job().id();

        deliver(id);

        TrainingJob job = jobs.find(id).orElseThrow();
        assertThat(job.report()).containsEntry("examples", "12").containsEntry("heldOut", "12");
        assertThat(Double.parseDouble(String.valueOf(job.report().get("accuracy"))))
                .isLessThan(0.6);
    }

    @Test
    void train_whenAQuestionHasTwoAnswers_succeedsAndWarnsWhichAndHowOften() {
        mentors.put(SampleMentors.of(
                "m",
                SampleMentors.answer("a1", "What is your name?", List.of("who are you", "Your name?")),
                SampleMentors.answer("a2", "what is YOUR name", List.of("WHO are you?", "What is your name!")),
                SampleMentors.answer("a3", "Where do you live?", List.of("Your town?"))));
        String id = jobs.ask("m").job().id();

        assertThat(deliver(id)).isEmpty();

        TrainingJob job = jobs.find(id).orElseThrow();
        assertThat(job.status()).isEqualTo(Status.SUCCESS);
        assertThat(job.report()).containsEntry("ambiguousQuestions", "2");
        assertThat(String.valueOf(job.report().get("warnings")).lines())
                .containsExactly(
                        "\"What is your name?\" has 2 answers: a1 \"The answer about a1.\" (once), "
                                + "a2 \"The answer about a2.\" (2 times). The first is given; ask the others in other words.",
                        "\"who are you\" has 2 answers: a1 \"The answer about a1.\" (once), "
                                + "a2 \"The answer about a2.\" (once). The first is given; ask the others in other words.");
        assertThat(model("m").answer("What is your name?", ENCODER).label()).isEqualTo("a1");
    }

    @Test
    void train_whenAParaphraseIsAnothersQuestion_namesTheAnswerThatIsGivenFirst() {
        mentors.put(SampleMentors.of(
                "m",
                SampleMentors.answer("a1", "Where do you live?", List.of("How old are you?")),
                SampleMentors.answer("a2", "how old are you", List.of("Your age?"))));
        String id = jobs.ask("m").job().id();

        deliver(id);

        assertThat(jobs.find(id).orElseThrow().report().get("warnings"))
                .startsWith("\"How old are you?\" has 2 answers: a2 ");
        assertThat(model("m").answer("How old are you?", ENCODER).label()).isEqualTo("a2");
    }

    @Test
    void train_whenNearlyAllQuestionsAreAmbiguous_warnsInARecordThatDynamoDbTakes() {
        String answer = "x".repeat(5_000);
        mentors.put(SampleMentors.of(
                "m",
                IntStream.range(0, 90)
                        .mapToObj(i -> SampleMentors.answer("a" + i, "Question " + i % 30 + " " + answer, List.of()))
                        .toArray(Answer[]::new)));
        String id = jobs.ask("m").job().id();

        deliver(id);

        assertThat(jobs.find(id).orElseThrow().report()).containsEntry("ambiguousQuestions", "30");
        assertThat(jobs.find(id).orElseThrow().report().get("warnings"))
                .endsWith("\nand 10 more.")
                .hasSizeLessThan(20_000);
    }

    @Test
    void train_whenAQuestionHasNoWord_learnsTheOthersOnly() {
        mentors.put(SampleMentors.of("m", SampleMentors.answer("a", "?", List.of("How old are you?", "😀", "..."))));
        String id = jobs.ask("m").job().id();

        deliver(id);

        assertThat(jobs.find(id).orElseThrow().report()).containsEntry("examples", "1");
    }

    @Test
    void train_whenTheMentorIsUnknown_failsOnceAndForAll() {
        String id = jobs.ask("nobody").job().id();

        assertThat(deliver(id)).isEmpty();

        assertFailed(id, "There is no mentor \"nobody\".");
        mentors.put(new Mentor("nobody", "N", SampleMentors.ada().answers(), List.of()));
        assertThat(deliver(id)).isEmpty();
        assertFailed(id, "There is no mentor \"nobody\".");
    }

    @Test
    void train_whenNoAnswerIsUsable_failsAndSaysWhatIsNeeded() {
        mentors.put(SampleMentors.of(
                "m",
                new Answer(
                        "a",
                        "INCOMPLETE",
                        "",
                        "",
                        new Question("q", "Why?", "QUESTION", "", List.of()),
                        List.of(),
                        Media.NONE)));
        String id = jobs.ask("m").job().id();

        assertThat(deliver(id)).isEmpty();

        assertFailed(id, "has no answer to learn from");
        assertThat(models.head(Models.key("m"))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {"BAD_GATEWAY", "GATEWAY_TIMEOUT", "UNAVAILABLE", "INTERNAL"})
    void train_whenTheSourceFailsForNow_failsIsRedeliveredAndSucceeds(ErrorCode code) {
        mentors.put(SampleMentors.ada());
        mentors.failWith(new WakeboxException(code, "The server is away."));
        String id = jobs.ask("ada").job().id();

        assertThat(deliver(id)).containsExactly("message-1");
        assertFailed(id, "The server is away.");

        mentors.failWith(null);
        assertThat(deliver(id)).isEmpty();
        assertThat(jobs.find(id).orElseThrow().status()).isEqualTo(Status.SUCCESS);
    }

    @Test
    void train_whenTheSourceRefusesTheToken_isNotRedelivered() {
        mentors.failWith(new WakeboxException(ErrorCode.UNAUTHORIZED, "The token is refused."));
        String id = jobs.ask("ada").job().id();

        assertThat(deliver(id)).isEmpty();

        assertFailed(id, "The token is refused.");
    }

    @Test
    void train_whenTheTokenExpiresBeforeAnotherAttempt_endsInTheDeadLetterQueueAndSaysWhatWentWrongFirst() {
        mentors.failWith(new WakeboxException(ErrorCode.BAD_GATEWAY, "The server is away."));
        String id = jobs.ask("ada").job().id();
        deliver(id);
        mentors.failWith(new WakeboxException(ErrorCode.UNAUTHORIZED, "The token is refused."));

        for (int receives = 2; receives <= 5; receives++) {
            assertThat(deliverBody(handler(Clock.systemUTC()), message(id), receives))
                    .containsExactly("message-1");
            assertThat(jobs.find(id).orElseThrow().message())
                    .isEqualTo("The token is refused. It may have expired in the queue: train again."
                            + " The first attempt failed: The server is away.");
        }
    }

    @Test
    void train_whenItIsRedrivenWithAnExpiredToken_endsInTheDeadLetterQueueAgain() {
        mentors.failWith(new WakeboxException(ErrorCode.BAD_GATEWAY, "The server is away."));
        String id = jobs.ask("ada").job().id();
        deliver(id);
        mentors.failWith(new WakeboxException(ErrorCode.UNAUTHORIZED, "The token is refused."));

        assertThat(deliver(id)).containsExactly("message-1"); // a redrive resets the receive count
        assertFailed(id, "The server is away.");
    }

    @Test
    void train_whenItFailsForNow_comesAgainSoonAndThenLaterAndLater() {
        mentors.failWith(new WakeboxException(ErrorCode.BAD_GATEWAY, "The server is away."));
        String id = jobs.ask("ada").job().id();

        for (int receives = 1; receives <= 7; receives++) {
            deliverBody(handler(Clock.systemUTC()), message(id), receives);
        }

        assertThat(delays).extracting(Duration::toSeconds).containsExactly(30L, 60L, 120L, 240L, 480L, 900L, 900L);
    }

    @Test
    void train_whenTheModelCannotBeStored_comesAgain() {
        mentors.put(SampleMentors.ada());
        models.failOn("put", Models.key("ada"), new WakeboxException(ErrorCode.UNAVAILABLE, "S3 is away."));
        String id = jobs.ask("ada").job().id();

        assertThat(deliver(id)).containsExactly("message-1");

        assertFailed(id, "S3 is away.");
        assertThat(mentors.trained()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"UNAUTHORIZED, 0", "BAD_GATEWAY, 1"})
    void train_whenTheMentorCannotBeMarkedTrained_saysThatTheModelIsInPlace(ErrorCode code, int again) {
        mentors.put(SampleMentors.ada());
        mentors.failToMark(new WakeboxException(code, "Not you."));
        String id = jobs.ask("ada").job().id();

        assertThat(deliver(id)).hasSize(again);

        assertFailed(id, "The new model answers from now on, but the mentor could not be marked as trained: Not you.");
        assertThat(jobs.find(id).orElseThrow().report()).containsKey("accuracy");
        assertThat(model("ada").answer("Woof!", ENCODER).label()).isEqualTo("pet");
    }

    /** The clock passes the deadline at one of the checks: while texts are read or learned. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 15})
    void train_whenTheTimeIsOver_failsPermanentlyAndSaysWhatToDo(int checks) {
        mentors.put(SampleMentors.ada());
        String id = jobs.ask("ada").job().id();
        Clock system = Clock.systemUTC();
        var left = new AtomicInteger(checks + 1); // the first is at the beginning
        var clock = new Clock() {
            @Override
            public Instant instant() {
                return left.getAndDecrement() > 0
                        ? system.instant()
                        : system.instant().plus(Duration.ofMinutes(4));
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };

        assertThat(deliver(handler(clock), id)).isEmpty();

        assertFailed(id, "The training of 3 answers with 13 questions did not end within the worker's 4 minutes.");
        assertThat(models.head(Models.key("ada"))).isEmpty();
        assertThat(left).hasValueGreaterThan(-100); // given up at once
    }

    @ParameterizedTest
    @CsvSource({"2001, 1, '2,001 answers with 2,001 questions'", "834, 12, '834 answers with 10,008 questions'"})
    void train_whenTheMentorHasMoreThanAWorkerCanLearn_namesTheLimitsAtOnce(int answers, int texts, String size) {
        mentors.put(SampleMentors.of(
                "m",
                IntStream.range(0, answers)
                        .mapToObj(answer -> SampleMentors.answer(
                                "a" + answer,
                                "Question " + answer + "?",
                                IntStream.range(1, texts)
                                        .mapToObj(text -> "Question " + answer + " in way " + text)
                                        .toList()))
                        .toArray(Answer[]::new)));
        String id = jobs.ask("m").job().id();

        assertThat(deliver(id)).isEmpty();

        assertFailed(id, "The mentor has " + size + "; a training takes 2,000 answers with 10,000 questions at most.");
    }

    @Test
    void train_whenDeliveredAgain_doesNothing() {
        mentors.put(SampleMentors.ada());
        String id = jobs.ask("ada").job().id();
        deliver(id);
        StoredObject model = models.get(Models.key("ada")).orElseThrow();

        assertThat(deliver(id)).isEmpty();

        assertThat(models.get(Models.key("ada")).orElseThrow().etag()).isEqualTo(model.etag());
        assertThat(mentors.trained()).hasSize(1);
    }

    @Test
    void ping_always_isDoneAndTrainsNothing() {
        mentors.put(SampleMentors.ada());

        assertThat(deliverBody(handler(Clock.systemUTC()), "{\"ping\":true}", 1))
                .isEmpty();

        assertThat(mentors.authorizations()).isEmpty();
        assertThat(mentors.trained()).isEmpty();
        assertThat(models.get(Models.key("ada"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "not JSON", "[]", "{}", "{\"id\":\"\"}", "{\"id\":5}", "{\"id\":\"no-such-training\"}"})
    void train_whenTheMessageIsPoison_isReportedSoThatItEndsInTheDeadLetterQueue(String body) {
        assertThat(deliverBody(handler(Clock.systemUTC()), body, 1)).containsExactly("message-1");
        assertThat(delays).isEmpty();
    }

    @Test
    void train_whenTheTableIsAway_comesAgain() {
        String id = jobs.ask("ada").job().id();
        store.failWith(new WakeboxException(ErrorCode.UNAVAILABLE, "The table is away."));

        assertThat(deliver(id)).containsExactly("message-1");
    }

    private List<String> deliver(String id) {
        return deliver(handler(Clock.systemUTC()), id);
    }

    private static List<String> deliver(ClassifierTrainHandler handler, String id) {
        return deliverBody(handler, message(id), 1);
    }

    private static String message(String id) {
        return Json.string(Map.of("id", id, "authorization", "Bearer of-the-caller"));
    }

    /** The ids of the messages that SQS redelivers. */
    private static List<String> deliverBody(ClassifierTrainHandler handler, String body, int receives) {
        Map<String, @Nullable Object> answer = Invocation.of(
                handler,
                Json.string(Map.of(
                        "Records",
                        List.of(Map.of(
                                "messageId",
                                "message-1",
                                "receiptHandle",
                                "receipt-1",
                                "attributes",
                                Map.of("ApproximateReceiveCount", Integer.toString(receives)),
                                "eventSource",
                                "aws:sqs",
                                "body",
                                body)))));
        return ((List<?>) requireNonNull(answer.get("batchItemFailures")))
                .stream()
                        .map(failure -> String.valueOf(((Map<?, ?>) failure).get("itemIdentifier")))
                        .toList();
    }

    private ClassifierTrainHandler handler(Clock clock) {
        return new ClassifierTrainHandler(
                new Trainer(
                        jobs,
                        new TaskReports(jobs, new TrainTasks(Optional.empty()), webhooks::add),
                        (id, _, _) -> {
                            throw new AssertionError("Without a GraphQL server no check is scheduled for " + id);
                        },
                        mentors,
                        models,
                        ENCODER,
                        Duration.ofMinutes(5),
                        Duration.ofMinutes(1),
                        clock),
                (receipt, after) -> {
                    assertThat(receipt).isEqualTo("receipt-1");
                    delays.add(after);
                });
    }

    private Classifier model(String mentor) {
        return Classifier.read(models.get(Models.key(mentor)).orElseThrow().body(), ENCODER);
    }

    private void assertFailed(String id, String message) {
        TrainingJob job = jobs.find(id).orElseThrow();
        assertThat(job.status()).isEqualTo(Status.FAILURE);
        assertThat(job.message()).contains(message);
    }
}
