package dev.wakebox.mentors;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A user's question to a mentor, and the classifier's answer.
 *
 * @param answerId the answer that the classifier chose, also if the user got another one
 * @param answerType how it was chosen
 * @param chatSessionId the id of the conversation, or null
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
