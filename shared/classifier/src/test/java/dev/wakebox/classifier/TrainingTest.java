package dev.wakebox.classifier;

import static dev.wakebox.classifier.Questions.ENCODER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wakebox.classifier.Example.Kind;
import dev.wakebox.classifier.Prediction.Match;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingTest {
    private static final Training TRAINED = Training.of(Questions.examples(), ENCODER);

    @ParameterizedTest
    @CsvSource({
        "Tell me your age please, age",
        "What town are you living in these days?, home",
        "who is your employer, job",
        "your favorite meal?, food",
        "any pets at home?, pet",
    })
    void answer_whenTheQuestionIsNew_findsWhatIsCloseInMeaning(String question, String label) {
        var answer = TRAINED.classifier().answer(question, ENCODER);

        assertThat(answer.label()).isEqualTo(label);
        assertThat(answer.match()).isEqualTo(Match.CLASSIFIER);
        assertThat(answer.confidence()).isBetween(0.5, 1.0);
        assertThat(answer.offTopic()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"how OLD are you, EXACT", "'what is your age??', PARAPHRASE"})
    void answer_whenTheQuestionIsKnown_isCertain(String question, Match match) {
        assertThat(TRAINED.classifier().answer(question, ENCODER))
                .isEqualTo(new Prediction("age", 1, Double.POSITIVE_INFINITY, false, match));
    }

    @Test
    void answer_whenAQuestionIsAParaphraseElsewhere_prefersTheQuestion() {
        var examples = List.of(
                new Example("Who are you?", "a", Kind.PARAPHRASE),
                new Example("who are you", "b", Kind.QUESTION),
                new Example("WHO ARE YOU", "c", Kind.PARAPHRASE));

        assertThat(Training.of(examples, ENCODER)
                        .classifier()
                        .answer("Who are you!", ENCODER)
                        .label())
                .isEqualTo("b");
    }

    @ParameterizedTest
    @CsvSource({"?", "😀", "..."})
    void answer_whenTheQuestionHasNoWord_isNoKnownQuestion(String question) {
        var examples = List.of(new Example("?!", "a", Kind.QUESTION), new Example("Who are you?", "b", Kind.QUESTION));

        assertThat(Training.of(examples, ENCODER)
                        .classifier()
                        .answer(question, ENCODER)
                        .match())
                .isEqualTo(Match.CLASSIFIER);
    }

    @ParameterizedTest
    @CsvSource({
        "How do I convert a PDF file to a spreadsheet?",
        "What is the boiling point of nitrogen?",
        "Schedule the dentist for Tuesday",
    })
    void answer_whenNoAnswerFits_isOffTopic(String question) {
        assertThat(TRAINED.classifier().answer(question, ENCODER).offTopic()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"''", "'😀 🎉'", "'?!'", "'\u0000'", "'\uD800'", "'你好吗'"})
    void answer_whateverTheText_givesAConfidence(String question) {
        assertThat(TRAINED.classifier().answer(question, ENCODER).confidence()).isBetween(0.0, 1.0);
    }

    @Test
    void answer_whenTheQuestionHas100KB_readsItsStart() {
        String start = "How old are you these days? ";

        assertThat(TRAINED.classifier().answer(start.repeat(4_000), ENCODER).label())
                .isEqualTo("age");
    }

    @Test
    void report_always_countsWhatWasHeldOut() {
        var report = TRAINED.report();

        assertThat(report.examples()).isEqualTo(25);
        assertThat(report.answers()).isEqualTo(5);
        assertThat(report.heldOut()).isEqualTo(25);
        assertThat(report.accuracy()).isGreaterThan(0.8);
        assertThat(report.calibrationError()).isBetween(0.0, 0.3);
    }

    @Test
    void report_whenLabelsMeanNothing_isNotImpressedByExamplesLearnedByHeart() {
        var examples = new ArrayList<Example>();
        for (Example example : Questions.examples()) {
            examples.add(new Example(example.text(), "answer " + examples.size() % 5, example.kind()));
        }

        assertThat(Training.of(examples, ENCODER).report().accuracy()).isLessThan(0.5);
    }

    @Test
    void heldOut_whenAnswersAreConfused_namesThemAndWhatConfidencesAreWorth() {
        var examples = new ArrayList<Example>();
        for (Example example : Questions.examples()) {
            examples.add(new Example(example.text(), "answer " + examples.size() % 5, example.kind()));
        }

        var training = Training.of(examples, ENCODER);

        Report report = training.report();
        assertThat(training.heldOut().bins().stream()
                        .mapToInt(HeldOut.Bin::examples)
                        .sum())
                .isEqualTo(report.heldOut());
        assertThat(training.heldOut().bins().stream()
                                .mapToDouble(bin -> bin.accuracy() * bin.examples())
                                .sum()
                        / report.heldOut())
                .isCloseTo(report.accuracy(), within(1e-9));
        int wrong = (int) Math.round((1 - report.accuracy()) * report.heldOut());
        var confusions = training.heldOut().confusions();
        assertThat(confusions)
                .isSortedAccordingTo(
                        Comparator.comparingInt(HeldOut.Confusion::times).reversed())
                .allSatisfy(pair -> assertThat(pair.given()).isNotEqualTo(pair.label()));
        assertThat(confusions.stream().mapToInt(HeldOut.Confusion::times).sum()).isBetween(1, wrong);
    }

    /** A model that had memorised the examples would answer all of them correctly. */
    @Test
    void report_whenRowsAreRepeated_neverMeasuresARowByItsTwin() {
        var once = new ArrayList<Example>();
        for (Example example : Questions.examples()) {
            once.add(new Example(example.text(), "answer " + once.size() % 5, example.kind()));
        }
        var repeated = new ArrayList<Example>();
        for (Example example : once) {
            repeated.add(example);
            repeated.add(example);
            repeated.add(new Example(example.text().toUpperCase(Locale.ROOT) + "!!", example.label(), Kind.PARAPHRASE));
        }

        Report report = Training.of(repeated, ENCODER).report();

        assertThat(report.heldOut()).isEqualTo(3 * once.size());
        assertThat(report.accuracy()).isLessThan(0.5);
    }

    @Test
    void report_whenAQuestionHasTwoAnswers_holdsBothOutTogether() {
        var examples = new ArrayList<>(Questions.examples());
        Training before = Training.of(examples, ENCODER);
        // every question of "age" also leads to a second answer
        Questions.examples().stream()
                .filter(example -> example.label().equals("age"))
                .forEach(example -> examples.add(new Example(example.text(), "years", Kind.PARAPHRASE)));

        Report report = Training.of(examples, ENCODER).report();

        assertThat(report.heldOut()).isEqualTo(before.report().heldOut() + 5);
        // at most one of each pair is right
        assertThat(report.accuracy()).isLessThanOrEqualTo(25.0 / 30);
    }

    @Test
    void report_whenTheOnlyTextOfAnAnswerIsAnothersToo_neverHoldsItOut() {
        var examples = new ArrayList<>(Questions.examples());
        examples.add(new Example(examples.getFirst().text(), "only here", Kind.PARAPHRASE));

        assertThat(Training.of(examples, ENCODER).report().heldOut()).isEqualTo(24);
    }

    @Test
    void of_whenTheExamplesAreTheSame_givesTheSameModel() {
        assertThat(Training.of(Questions.examples(), ENCODER).classifier().toBytes())
                .isEqualTo(TRAINED.classifier().toBytes());
    }

    @Test
    void of_whenThereIsOneAnswer_givesIt() {
        var trained = Training.of(List.of(new Example("How old are you?", "age", Kind.QUESTION)), ENCODER);

        var answer = trained.classifier().answer("What is your age?", ENCODER);
        assertThat(answer.label()).isEqualTo("age");
        assertThat(answer.offTopic()).isFalse();
        assertThat(trained.classifier()
                        .answer("What is the boiling point of nitrogen?", ENCODER)
                        .offTopic())
                .isTrue();
        assertThat(trained.report().heldOut()).isZero();
    }

    @Test
    void of_whenEachAnswerHasOneQuestion_tellsThemApart() {
        var examples = Questions.examples().stream()
                .filter(example -> example.kind() == Kind.QUESTION)
                .toList();

        var trained = Training.of(examples, ENCODER);

        assertThat(trained.report().heldOut()).isZero();
        assertThat(trained.classifier().answer("What is your age?", ENCODER).label())
                .isEqualTo("age");
        assertThat(trained.classifier().answer("Do you own a dog?", ENCODER).label())
                .isEqualTo("pet");
    }

    /** The last check is in the calibration, the final step. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 0.5, 0.9, 0.99})
    void of_whenTheTimeIsOver_endsWhereverItIs(double share) {
        float[][] vectors =
                ENCODER.embed(Questions.examples().stream().map(Example::text).toList());
        var all = new AtomicInteger();
        Training.of(Questions.examples(), vectors, ENCODER.sha256(), all::incrementAndGet);
        var left = new AtomicInteger((int) (share * all.get()));

        assertThatThrownBy(() -> Training.of(Questions.examples(), vectors, ENCODER.sha256(), () -> {
                    if (left.getAndDecrement() <= 0) {
                        throw new WakeboxException(ErrorCode.INVALID_REQUEST, "Over.");
                    }
                }))
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                .hasMessage("Over.");
    }

    @Test
    void of_whenThereIsNothingToLearn_refuses() {
        assertThatThrownBy(() -> Training.of(List.of(), ENCODER))
                .isInstanceOf(WakeboxException.class)
                .hasMessage("There are no questions to learn from.");
    }
}
