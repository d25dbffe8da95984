package dev.wakebox.functions.classifiertrain;

import dev.wakebox.classifier.Example;
import dev.wakebox.classifier.Example.Kind;
import dev.wakebox.classifier.QuestionText;
import dev.wakebox.mentors.Answer;
import dev.wakebox.mentors.Mentor;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What a classifier learns from a mentor. */
final class Lessons {
    /** What is learned once. */
    private record Lesson(String key, String label) {}

    private Lessons() {}

    /**
     * An example for each question, each paraphrase, and each user's question that an editor has graded; the label is the
     * answer's id. What has no word is left out, and what says the same of the same answer is learned once: repeated, it
     * would be in the training and in the test of one cross-validation.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} when there are none
     */
    static List<Example> of(Mentor mentor) {
        var examples = new LinkedHashMap<Lesson, Example>();
        List<Answer> answers = mentor.answersToQuestions();
        for (Answer answer : answers) {
            add(examples, answer.question().text(), answer.id(), Kind.QUESTION);
            answer.question().paraphrases().forEach(text -> add(examples, text, answer.id(), Kind.PARAPHRASE));
        }
        Set<String> known = answers.stream().map(Answer::id).collect(Collectors.toSet());
        mentor.graded().stream()
                .filter(graded -> known.contains(graded.answerId()))
                .forEach(graded -> add(examples, graded.text(), graded.answerId(), Kind.PARAPHRASE));
        if (examples.isEmpty()) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    "The mentor \"" + mentor.id()
                            + "\" has no answer to learn from: each needs a question in words and a transcript, and must be complete.");
        }
        return List.copyOf(examples.values());
    }

    private static void add(Map<Lesson, Example> examples, String text, String label, Kind kind) {
        String key = QuestionText.key(text);
        if (!key.isEmpty()) {
            examples.putIfAbsent(new Lesson(key, label), new Example(text, label, kind));
        }
    }
}
