package dev.wakebox.mentors;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A mentor's recorded answer to one question.
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

    /** Whether the answer can be given: its recording is complete and has a transcript. */
    public boolean usable() {
        return !status.equals("INCOMPLETE") && !status.equals("SKIP") && !transcript.isBlank();
    }
}
