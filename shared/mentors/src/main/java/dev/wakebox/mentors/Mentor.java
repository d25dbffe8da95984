package dev.wakebox.mentors;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.stream.Stream;

/**
 * A person who has recorded answers.
 *
 * @param answers of every status, utterances among them
 * @param graded users' questions of which an editor has said what answers them
 */
public record Mentor(String id, String name, List<Answer> answers, List<GradedQuestion> graded) {
    /** A user's question, and the answer that an editor has given it. */
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

    /** What the mentor says on an occasion, such as {@code _OFF_TOPIC_}. */
    public Stream<Answer> utterances(String occasion) {
        return answers.stream()
                .filter(Answer::usable)
                .filter(answer -> answer.question().utterance())
                .filter(answer -> answer.question().name().equals(occasion));
    }
}
