package dev.wakebox.functions.classifiertrain;

import dev.wakebox.classifier.Example;
import dev.wakebox.classifier.Example.Kind;
import dev.wakebox.classifier.QuestionText;
import dev.wakebox.mentors.Answer;
import dev.wakebox.mentors.Mentor;
import dev.wakebox.mentors.Question;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The examples of a mentor.
 *
 * @param examples without texts that have no word, and without duplicates for one answer
 * @param ambiguous questions with more than one answer
 */
record TrainingExamples(List<Example> examples, List<Ambiguity> ambiguous) {
    /** The limits of one training; docs/classifier.md has figures. */
    private static final int MOST_ANSWERS = 2_000;

    private static final int MOST_EXAMPLES = 10_000;

    /** One text and its answer. */
    private record LabelledKey(String key, String label) {}

    /** A text of an answer, and the number of its occurrences. */
    private record Counted(Example example, int times) {}

    /**
     * A question with more than one answer.
     *
     * @param text its first wording
     * @param answers the number of examples by answer id; the classifier gives the first answer
     */
    record Ambiguity(String text, Map<String, Integer> answers) {}

    /**
     * One example for each question, each paraphrase and each graded question; the label is the id of the answer.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} when there are none, or more than the limits
     */
    static TrainingExamples of(Mentor mentor) {
        Map<LabelledKey, Counted> counted = texts(mentor)
                .filter(example -> !QuestionText.key(example.text()).isEmpty())
                .collect(Collectors.toMap(
                        example -> new LabelledKey(QuestionText.key(example.text()), example.label()),
                        example -> new Counted(example, 1),
                        (first, again) -> new Counted(first.example(), first.times() + again.times()),
                        LinkedHashMap::new));
        if (counted.isEmpty()) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    "The mentor \"" + mentor.id()
                            + "\" has no answer to learn from: each needs a question in words and a transcript, and must be complete.");
        }
        var examples = new TrainingExamples(
                counted.values().stream().map(Counted::example).toList(), ambiguous(counted));
        if (examples.answers() > MOST_ANSWERS || examples.examples().size() > MOST_EXAMPLES) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    String.format(
                            Locale.ROOT,
                            "The mentor has %s; a training takes %,d answers with %,d questions at most. "
                                    + "Remove paraphrases, or give answers that are never asked for the status SKIP.",
                            examples.size(),
                            MOST_ANSWERS,
                            MOST_EXAMPLES));
        }
        return examples;
    }

    /** The size for messages, as in "2,000 answers with 10,000 questions". */
    String size() {
        return String.format(Locale.ROOT, "%,d answers with %,d questions", answers(), examples.size());
    }

    private long answers() {
        return examples.stream().map(Example::label).distinct().count();
    }

    private static Stream<Example> texts(Mentor mentor) {
        List<Answer> answers = mentor.answersToQuestions();
        Set<String> known = answers.stream().map(Answer::id).collect(Collectors.toSet());
        return Stream.concat(
                answers.stream().flatMap(answer -> texts(answer.question(), answer.id())),
                mentor.graded().stream()
                        .filter(graded -> known.contains(graded.answerId()))
                        .map(graded -> new Example(graded.text(), graded.answerId(), Kind.PARAPHRASE)));
    }

    private static Stream<Example> texts(Question question, String label) {
        return Stream.concat(
                Stream.of(new Example(question.text(), label, Kind.QUESTION)),
                question.paraphrases().stream().map(text -> new Example(text, label, Kind.PARAPHRASE)));
    }

    private static List<Ambiguity> ambiguous(Map<LabelledKey, Counted> counted) {
        return counted.entrySet().stream()
                .collect(Collectors.groupingBy(
                        entry -> entry.getKey().key(),
                        LinkedHashMap::new,
                        Collectors.mapping(Map.Entry::getValue, Collectors.toList())))
                .values()
                .stream()
                .filter(same -> same.size() > 1)
                .map(TrainingExamples::ambiguity)
                .toList();
    }

    /** The classifier gives the first answer whose own question it is, or else the first answer. */
    private static Ambiguity ambiguity(List<Counted> same) {
        var answers = new LinkedHashMap<String, Integer>();
        same.stream()
                .sorted(Comparator.comparing(counted -> counted.example().kind()))
                .forEach(counted -> answers.put(counted.example().label(), counted.times()));
        return new Ambiguity(same.getFirst().example().text(), answers);
    }
}
