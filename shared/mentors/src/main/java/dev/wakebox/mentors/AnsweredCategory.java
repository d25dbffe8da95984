package dev.wakebox.mentors;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A mentor, and the answers to the questions of one category.
 *
 * @param transcripts of the category's answers; empty if there is no such category
 */
public record AnsweredCategory(Mentor mentor, List<String> transcripts) {
    public AnsweredCategory {
        requireNonNull(mentor, "mentor is null");
        transcripts = List.copyOf(transcripts);
    }

    /** Reads the category as a topic of the mentor's questions. */
    static AnsweredCategory ofTopic(Mentor mentor, String topic) {
        return new AnsweredCategory(
                mentor,
                mentor.answersToQuestions().stream()
                        .filter(answer -> answer.topics().contains(topic))
                        .map(Answer::transcript)
                        .toList());
    }
}
