package dev.wakebox.mentors;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A question that somebody has asked a mentor, and what came of it.
 *
 * @param answerId what the classifier picked, also where it was not given
 * @param answerType how it was picked
 * @param chatSessionId of the conversation, or null
 */
public record UserQuestion(
        String mentor,
        String text,
        String answerId,
        String answerType,
        double confidence,
        @Nullable String chatSessionId) {
    public UserQuestion {
        requireNonNull(mentor, "mentor is null");
        requireNonNull(text, "text is null");
        requireNonNull(answerId, "answerId is null");
        requireNonNull(answerType, "answerType is null");
    }
}
