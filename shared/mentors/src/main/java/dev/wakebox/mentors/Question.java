package dev.wakebox.mentors;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What a mentor was asked to record.
 *
 * @param type {@code QUESTION}, or {@code UTTERANCE} for what is said when no question is answered
 * @param name of an utterance: when it is said ({@code _OFF_TOPIC_}, {@code _INTRO_}, …); empty for questions
 */
public record Question(String id, String text, String type, String name, List<String> paraphrases) {
    public Question {
        requireNonNull(id, "id is null");
        requireNonNull(text, "text is null");
        requireNonNull(type, "type is null");
        requireNonNull(name, "name is null");
        paraphrases = List.copyOf(paraphrases);
    }

    public boolean utterance() {
        return type.equals("UTTERANCE");
    }
}
