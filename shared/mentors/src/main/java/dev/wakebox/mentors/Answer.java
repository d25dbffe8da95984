package dev.wakebox.mentors;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What a mentor has recorded for one question.
 *
 * @param status {@code COMPLETE}, {@code INCOMPLETE} or {@code SKIP}
 * @param topics of the question
 */
public record Answer(
        String id,
        String status,
        String transcript,
        String markdown,
        Question question,
        List<String> topics,
        Media media) {
    public Answer {
        requireNonNull(id, "id is null");
        requireNonNull(status, "status is null");
        requireNonNull(transcript, "transcript is null");
        requireNonNull(markdown, "markdown is null");
        requireNonNull(question, "question is null");
        topics = List.copyOf(topics);
        requireNonNull(media, "media is null");
    }

    /** Whether there is something to answer with: recorded as a whole, and with its words. */
    public boolean usable() {
        return !status.equals("INCOMPLETE") && !status.equals("SKIP") && !transcript.isBlank();
    }
}
