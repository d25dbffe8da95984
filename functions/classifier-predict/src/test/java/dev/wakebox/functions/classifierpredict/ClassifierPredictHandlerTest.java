package dev.wakebox.functions.classifierpredict;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.wakebox.classifier.Encoder;
import dev.wakebox.classifier.Example;
import dev.wakebox.classifier.Example.Kind;
import dev.wakebox.classifier.Models;
import dev.wakebox.classifier.Training;
import dev.wakebox.graphql.CallerHeaders;
import dev.wakebox.mentors.Answer;
import dev.wakebox.mentors.AnsweredCategory;
import dev.wakebox.mentors.InMemoryMentors;
import dev.wakebox.mentors.Mentor;
import dev.wakebox.mentors.MentorJson;
import dev.wakebox.mentors.Mentors;
import dev.wakebox.mentors.SampleMentors;
import dev.wakebox.mentors.UserQuestion;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.InMemoryObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class ClassifierPredictHandlerTest {
    private static final Encoder ENCODER = Encoder.open(Path.of("target/classes/encoder"));
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final UserQuestion QUESTION = new UserQuestion("ada", "Am I ill?", "home", "CLASSIFIER", 0.5, null);

    private final InMemoryMentors mentors = new InMemoryMentors();
    private final InMemoryObjectStore bucket = new InMemoryObjectStore(Clock.systemUTC());
    private final ClassifierPredictHandler handler = handler(mentors, LONG, OptionalDouble.empty());

    @Test
    void questions_whenItIsAKnownQuestion_hasTheFieldsOfTheContract() {
        train(SampleMentors.ada());

        var body = Invocation.body(ask("where do you LIVE"));

        assertThat(body)
                .containsEntry("question", "where do you LIVE")
                .containsEntry("question_id", "q-home")
                .containsEntry("answer_id", "home")
                .containsEntry("answer_text", "The answer about home.")
                .containsEntry("answer_markdown_text", "The answer about home.")
                .containsEntry("confidence", 1.0)
                .containsEntry("feedback_id", "report-1")
                .containsEntry("external_video_ids", Map.of("wistiaId", "wistia-home"))
                .containsEntry("classifier", "")
                .containsEntry("answer_type", "EXACT")
                .containsEntry("answer_missing", false);
        assertThat(body.get("answer_media"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry(
                        "web_media", Map.of("type", "video", "tag", "web", "url", "https://example.org/home.mp4"))
                .containsEntry("mobile_media", null)
                .containsEntry("vtt_media", null);
    }

    @Test
    void prime_always_loadsTheEncoder(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("encoder.sha256"), "00");
        Files.createFile(directory.resolve("encoder.onnx"));
        Files.write(directory.resolve("vocabulary.txt"), new byte[] {(byte) 0xff}); // not UTF-8
        var withoutAModel = handler(Encoder.open(directory), mentors, LONG, OptionalDouble.empty());

        assertThat(answer(withoutAModel, Map.of("mentor", "nobody", "query", "Where?")))
                .containsEntry("statusCode", 404);
        assertThatThrownBy(withoutAModel::prime).hasMessageContaining(directory.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "Any animals at home, PARAPHRASE, pet",
        "Which city is your flat in?, CLASSIFIER, home",
        "What kind of work do you do?, CLASSIFIER, job",
    })
    void questions_whenPutDifferently_findsTheAnswer(String question, String classifier, String answer) {
        train(SampleMentors.ada());

        var body = Invocation.body(ask(question));

        assertThat(body).containsEntry("answer_id", answer).containsEntry("answer_type", classifier);
        assertThat((Double) body.get("confidence")).isBetween(0.3, 1.0);
        assertThat(mentors.reported())
                .containsExactly(new UserQuestion(
                        "ada", question, answer, classifier, (Double) requireNonNull(body.get("confidence")), null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"What kind of work do you do?", "What is the boiling point of nitrogen?", "Where do you live?"})
    void questions_whenAlternativesAreWanted_listsTheMostProbableAnswers(String question) {
        train(SampleMentors.ada());

        var body = Invocation.body(answer(handler, Map.of("mentor", "ada", "query", question, "alternatives", "2")));

        var alternatives = JsonObject.copyOf(body).objects("alternatives");
        assertThat(alternatives).hasSize(2).allSatisfy(each -> assertThat(each)
                .containsOnlyKeys("question_id", "answer_id", "answer_text", "confidence"));
        var confidences = alternatives.stream()
                .mapToDouble(each -> requireNonNull(each.number("confidence")).doubleValue())
                .toArray();
        assertThat(confidences[0]).isGreaterThanOrEqualTo(confidences[1]);
        assertThat(confidences[0] + confidences[1]).isBetween(0.3, 1.000001);
        if ("CLASSIFIER".equals(body.get("answer_type"))) {
            assertThat(alternatives.getFirst())
                    .containsEntry("answer_id", body.get("answer_id"))
                    .containsEntry("confidence", body.get("confidence"));
        }
        assertThat(Invocation.body(ask(question))).doesNotContainKey("alternatives");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "11", "1.5", "three", "-1"})
    void questions_whenTheNumberOfAlternativesIsWrong_isABadRequest(String number) {
        train(SampleMentors.ada());

        var answer = answer(handler, Map.of("mentor", "ada", "query", "x", "alternatives", number));

        assertThat(answer).containsEntry("statusCode", 400);
        assertThat(String.valueOf(Invocation.body(answer).get("message"))).contains("from 1 to 10");
    }

    @Test
    void questions_whenOffTopic_isAnUtteranceAndReportsTheConfidence() {
        train(SampleMentors.ada());

        var body = Invocation.body(ask("What is the boiling point of nitrogen?"));

        assertThat(body)
                .containsEntry("answer_id", "off-2") // the test's random choice is the last one
                .containsEntry("answer_text", "Ask me something else.")
                .containsEntry("answer_type", "OFF_TOPIC")
                .containsEntry("answer_missing", false);
        assertThat((Double) body.get("confidence")).isBetween(0.0, 1.0);
        assertThat(mentors.reported().getFirst().answerId()).isIn("home", "pet", "job");
    }

    @Test
    void questions_whenOffTopicWithoutUtterance_isTheLiteral() {
        train(SampleMentors.of("ada", SampleMentors.answer("home", "Where do you live?", List.of())));

        assertThat(Invocation.body(ask("What is the boiling point of nitrogen?")))
                .containsEntry("answer_id", "_OFF_TOPIC_")
                .containsEntry("answer_text", "_OFF_TOPIC_")
                .containsEntry("answer_markdown_text", "_OFF_TOPIC_")
                .containsEntry("external_video_ids", Map.of())
                .containsEntry("answer_missing", true);
    }

    @Test
    void questions_whenTheThresholdIsSet_countsInPlaceOfTheModels() {
        train(SampleMentors.ada());

        assertThat(Invocation.body(ask(handler(mentors, LONG, OptionalDouble.of(1000)), "Which city is your flat in?")))
                .containsEntry("answer_type", "OFF_TOPIC");
        assertThat(Invocation.body(ask(
                        handler(mentors, LONG, OptionalDouble.of(-1000)), "What is the boiling point of nitrogen?")))
                .containsEntry("answer_type", "CLASSIFIER");
    }

    @Test
    void questions_whenThereIsNoModel_is404() {
        var answer = ask("Who are you?");

        assertThat(answer).containsEntry("statusCode", 404);
        assertThat(Invocation.body(answer)).isEqualTo(Map.of("message", "No models found for mentor ada."));
    }

    @Test
    void ping_always_warmsTheModelAndReportsNothing() {
        train(SampleMentors.ada());

        var answer = answer(handler, Map.of("mentor", "ada", "query", "", "ping", "true"));

        assertThat(Invocation.body(answer)).isEqualTo(Map.of("message", "Successful ping for mentor: ada."));
        assertThat(bucket.downloads()).isEqualTo(1);
        ask("Where do you live?");
        assertThat(bucket.downloads()).isEqualTo(1);
        assertThat(mentors.reported()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"'', x", "../x, x", "ada, ''", "ada, '  '"})
    void questions_whenMentorOrQueryIsWrong_isABadRequest(String mentor, String query) {
        train(SampleMentors.ada());

        var answer = answer(handler, Map.of("mentor", mentor, "query", query));

        assertThat(answer).containsEntry("statusCode", 400);
        assertThat(Invocation.body(answer)).containsOnlyKeys("message");
    }

    @ParameterizedTest
    @ValueSource(strings = {"你住在哪里？", "Где ты живёшь?", "أين تسكن؟", "😀🎉", "?!", "\u0000", "\uD800", "नमस्ते"})
    void questions_whateverTheScript_hasAnAnswer(String question) {
        train(SampleMentors.ada());

        var answer = ask(question);

        assertThat(answer).containsEntry("statusCode", 200);
        assertThat((Double) Invocation.body(answer).get("confidence")).isBetween(0.0, 1.0);
    }

    @Test
    void questions_whenTheQueryHas100KB_readsItsStart() {
        train(SampleMentors.ada());

        var answer = ask("Which city is your flat in? ".repeat(4_000));

        assertThat(Invocation.body(answer)).containsEntry("answer_id", "home");
    }

    @Test
    void questions_whenTheReportFails_isAnsweredWithoutFeedbackId() {
        train(SampleMentors.ada());
        mentors.failWith(new WakeboxException(ErrorCode.BAD_GATEWAY, "The server is away."));

        assertThat(Invocation.body(ask("Where do you live?")))
                .containsEntry("answer_id", "home")
                .containsEntry("feedback_id", null);
    }

    @Test
    void reason_always_hasNoneOfTheServersWords() {
        assertThat(Reports.reason(new WakeboxException(ErrorCode.BAD_GATEWAY, "Cannot take \"Am I ill?\".")))
                .isEqualTo("BAD_GATEWAY");
        assertThat(Reports.reason(new IllegalStateException("Am I ill?"))).isEqualTo("java.lang.IllegalStateException");
    }

    @Test
    void questions_whenTheReportIsSlow_doesNotWaitForIt() {
        train(SampleMentors.ada());
        var never = new CountDownLatch(1);

        var body = Invocation.body(
                ask(handler(reportsAfter(never), Duration.ofMillis(1), OptionalDouble.empty()), "Where do you live?"));

        assertThat(body).containsEntry("answer_id", "home").containsEntry("feedback_id", null);
    }

    @Test
    void report_whenItComesLate_isNotedNevertheless() {
        var go = new CountDownLatch(1);
        var reports = new Reports(Optional.of(reportsAfter(go)), Duration.ofMillis(1));

        assertThat(reports.report(QUESTION, CallerHeaders.NONE)).isEmpty();
        go.countDown();

        awaits(() -> !mentors.reported().isEmpty());
        assertThat(mentors.reported()).containsExactly(QUESTION);
    }

    @Test
    void report_whenItFailsLate_isLoggedWithoutTheServersWords() {
        var log = (Logger) LoggerFactory.getLogger(Reports.class);
        var lines = new ListAppender<ILoggingEvent>();
        lines.list = new CopyOnWriteArrayList<>();
        lines.start();
        log.addAppender(lines);
        try {
            var go = new CountDownLatch(1);
            mentors.failWith(new WakeboxException(ErrorCode.BAD_GATEWAY, "Cannot take \"Am I ill?\"."));

            assertThat(new Reports(Optional.of(reportsAfter(go)), Duration.ofMillis(1))
                            .report(QUESTION, CallerHeaders.NONE))
                    .isEmpty();
            assertThat(lines.list).hasSize(1);
            go.countDown();

            awaits(() -> lines.list.size() == 2);
            assertThat(lines.list.getLast().getFormattedMessage())
                    .isEqualTo("The question could not be reported later either: BAD_GATEWAY.");
        } finally {
            log.detachAppender(lines);
        }
    }

    private static void awaits(BooleanSupplier holds) {
        Instant deadline = Instant.now().plus(LONG);
        while (!holds.getAsBoolean()) {
            assertThat(Instant.now()).isBefore(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void questions_whenTheModelIsDamaged_saysWhy() {
        bucket.put(Models.key("ada"), new byte[] {1, 2, 3}, "application/octet-stream", new Condition.Always());

        var answer = ask("Where do you live?");

        assertThat(answer).containsEntry("statusCode", 500);
        assertThat(Invocation.body(answer))
                .containsEntry("message", "The model cannot be used: it is not a model file.");
    }

    @Test
    void questions_whenTheModelHasNoAnswersInIt_saysWhy() {
        store(training(SampleMentors.ada()).classifier().toBytes());

        assertThat(Invocation.body(ask("Where do you live?")))
                .hasEntrySatisfying("message", message -> assertThat(String.valueOf(message))
                        .contains("train the mentor again"));
    }

    @Test
    void offTopicThreshold_whenItIsNoNumber_namesTheVariable() {
        assertThat(ClassifierPredictHandler.offTopicThreshold(Optional.of("14.5")))
                .hasValue(14.5);
        assertThat(ClassifierPredictHandler.offTopicThreshold(Optional.empty())).isEmpty();
        assertThatThrownBy(() -> ClassifierPredictHandler.offTopicThreshold(Optional.of("high")))
                .hasMessageContaining("OFF_TOPIC_THRESHOLD");
    }

    /** Mentors in memory whose reports wait until this latch is at zero. */
    private Mentors reportsAfter(CountDownLatch go) {
        return new Mentors() {
            @Override
            public Optional<Mentor> find(String id, CallerHeaders caller) {
                return Optional.empty();
            }

            @Override
            public Optional<AnsweredCategory> category(String id, String category, CallerHeaders caller) {
                return Optional.empty();
            }

            @Override
            public Optional<String> own(CallerHeaders caller) {
                return Optional.empty();
            }

            @Override
            public void markTrained(String id, CallerHeaders caller) {}

            @Override
            public Optional<String> report(UserQuestion question, CallerHeaders caller) {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return mentors.report(question, caller);
            }
        };
    }

    private ClassifierPredictHandler handler(Mentors reportedTo, Duration patience, OptionalDouble threshold) {
        return handler(ENCODER, reportedTo, patience, threshold);
    }

    private ClassifierPredictHandler handler(
            Encoder encoder, Mentors reportedTo, Duration patience, OptionalDouble threshold) {
        return new ClassifierPredictHandler(
                new Models<>(bucket, file -> MentorModel.read(file, encoder), 1 << 20, Clock.systemUTC()),
                encoder,
                new Reports(Optional.of(reportedTo), patience),
                threshold,
                many -> many - 1);
    }

    private void train(Mentor mentor) {
        store(training(mentor).classifier().with(MentorJson.write(mentor)).toBytes());
    }

    private void store(byte[] file) {
        bucket.put(Models.key("ada"), file, "application/octet-stream", new Condition.Always());
    }

    private static Training training(Mentor mentor) {
        var examples = new ArrayList<Example>();
        for (Answer answer : mentor.answersToQuestions()) {
            examples.add(new Example(answer.question().text(), answer.id(), Kind.QUESTION));
            answer.question()
                    .paraphrases()
                    .forEach(text -> examples.add(new Example(text, answer.id(), Kind.PARAPHRASE)));
        }
        return Training.of(examples, ENCODER);
    }

    private Map<String, @Nullable Object> ask(String question) {
        return ask(handler, question);
    }

    private static Map<String, @Nullable Object> ask(ClassifierPredictHandler asked, String question) {
        return answer(asked, Map.of("mentor", "ada", "query", question));
    }

    @Test
    void questions_whenThePathEndsWithASlash_areAnsweredWhateverApiGatewayMakesOfIt() {
        train(SampleMentors.ada());

        for (Map<String, String> pathParameters :
                List.<Map<String, String>>of(Map.of(), Map.of("proxy", "questions/"), Map.of("proxy", "questions"))) {
            assertThat(through("/classifier/questions/", pathParameters)).containsEntry("statusCode", 200);
        }
        for (String rest : List.of("", "/", "train", "questions/more", "x/questions/")) {
            assertThat(through("/classifier/" + rest, Map.of("proxy", rest))).containsEntry("statusCode", 404);
        }
    }

    @Test
    void report_always_showsTheCaller() {
        train(SampleMentors.ada());

        through("/classifier/questions", Map.of());

        assertThat(mentors.authorizations()).containsExactly("bearer of-a-visitor");
        assertThat(mentors.origins()).containsExactly("https://usc.mentorpal.org");
    }

    private Map<String, @Nullable Object> through(String path, Map<String, String> pathParameters) {
        return Invocation.of(
                handler,
                Json.string(Map.of(
                        "rawPath",
                        path,
                        "pathParameters",
                        pathParameters,
                        "headers",
                        Map.of("Authorization", "bearer of-a-visitor", "Origin", "https://usc.mentorpal.org"),
                        "queryStringParameters",
                        Map.of("mentor", "ada", "query", "Where do you live?"),
                        "requestContext",
                        Map.of("http", Map.of("method", "GET", "path", path)))));
    }

    private static Map<String, @Nullable Object> answer(ClassifierPredictHandler asked, Map<String, String> query) {
        return Invocation.of(
                asked,
                Json.string(Map.of(
                        "rawPath",
                        "/classifier/questions",
                        "queryStringParameters",
                        query,
                        "requestContext",
                        Map.of("http", Map.of("method", "GET", "path", "/classifier/questions")))));
    }
}
