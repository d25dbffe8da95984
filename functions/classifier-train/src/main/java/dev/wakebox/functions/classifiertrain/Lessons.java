package dev.wakebox.functions.classifiertrain;

import dev.wakebox.classifier.Example;
import dev.wakebox.classifier.Example.Kind;
import dev.wakebox.mentors.Answer;
import dev.wakebox.mentors.Mentor;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What a classifier learns from a mentor. */
final class Lessons {
    private Lessons() {}

    /**
     * An example for each question, each paraphrase, and each user's question that an editor has graded; the label is the
     * answer's id.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} when there are none
     */
    static List<Example> of(Mentor mentor) {
        var examples = new ArrayList<Example>();
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
                            + "\" has no answer to learn from: each needs a question and a transcript, and must be complete.");
        }
        return examples;
    }

    private static void add(List<Example> examples, String text, String label, Kind kind) {
        if (!text.isBlank()) {
            examples.add(new Example(text, label, kind));
        }
    }
}
