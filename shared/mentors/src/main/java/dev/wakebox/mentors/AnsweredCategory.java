package dev.wakebox.mentors;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A mentor, and what he or she has said to the questions of one category.
 *
 * @param transcripts of the category's answers; none where there is no such category
 */
public record AnsweredCategory(Mentor mentor, List<String> transcripts) {
    public AnsweredCategory {
        requireNonNull(mentor, "mentor is null");
        transcripts = List.copyOf(transcripts);
    }

    /** The category is a topic of the mentor's questions. */
    static AnsweredCategory ofTopic(Mentor mentor, String topic) {
        return new AnsweredCategory(
                mentor,
                mentor.answersToQuestions().stream()
                        .filter(answer -> answer.topics().contains(topic))
                        .map(Answer::transcript)
                        .toList());
    }
}
