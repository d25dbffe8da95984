package dev.wakebox.mentors;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.stream.Stream;

/**
 * A person who has recorded answers.
 *
 * @param answers with any status, including utterances
 * @param graded users' questions to which an editor assigned an answer
 */
public record Mentor(String id, String name, List<Answer> answers, List<GradedQuestion> graded) {
    /** A user's question and the answer that an editor assigned to it. */
    public record GradedQuestion(String text, String answerId) {
        public GradedQuestion {
            requireNonNull(text, "text is null");
            requireNonNull(answerId, "answerId is null");
        }
    }

    public Mentor {
        requireNonNull(id, "id is null");
        requireNonNull(name, "name is null");
        answers = List.copyOf(answers);
        graded = List.copyOf(graded);
    }

    /** The answers that can be given to questions. */
    public List<Answer> answersToQuestions() {
        return answers.stream()
                .filter(Answer::usable)
                .filter(answer -> !answer.question().utterance())
                .toList();
    }

    /** The utterances for a situation, such as {@code _OFF_TOPIC_}. */
    public Stream<Answer> utterances(String occasion) {
        return answers.stream()
                .filter(Answer::usable)
                .filter(answer -> answer.question().utterance())
                .filter(answer -> answer.question().name().equals(occasion));
    }
}
