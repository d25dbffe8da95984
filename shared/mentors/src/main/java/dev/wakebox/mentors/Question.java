package dev.wakebox.mentors;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A question that a mentor was asked to record an answer to.
 *
 * @param type {@code QUESTION} or {@code UTTERANCE}
 * @param name the situation of an utterance ({@code _OFF_TOPIC_}, {@code _INTRO_}, …); empty for questions
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
