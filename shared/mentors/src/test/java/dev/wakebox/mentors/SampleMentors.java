package dev.wakebox.mentors;

import dev.wakebox.runtime.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Small mentors for tests. */
public final class SampleMentors {
    private SampleMentors() {}

    /** Three answers with four questions each, an incomplete answer, one without words, two off-topic utterances. */
    public static Mentor ada() {
        var answers = new ArrayList<Answer>();
        answers.add(answer(
                "home",
                "Where do you live?",
                List.of("Which town is your home?", "Where is your house?", "What city are you from?")));
        answers.add(answer(
                "pet",
                "Do you have a pet?",
                List.of("Do you own a dog or a cat?", "Any animals at home?", "What is the name of your dog?")));
        answers.add(answer(
                "job",
                "What do you do for a living?",
                List.of("What is your profession?", "Who is your employer?", "Tell me about your job")));
        answers.add(with(answer("film", "What is your favourite film?", List.of()), "INCOMPLETE", "Seven Samurai."));
        answers.add(with(answer("song", "What is your favourite song?", List.of()), "COMPLETE", "  "));
        answers.add(utterance("off-1", "_OFF_TOPIC_", "I can't answer that."));
        answers.add(utterance("off-2", "_OFF_TOPIC_", "Ask me something else."));
        answers.add(utterance("intro", "_INTRO_", "Hello, I am Ada."));
        return new Mentor("ada", "Ada", answers, List.of(new Mentor.GradedQuestion("woof?", "pet")));
    }

    /** A mentor with only these answers. */
    public static Mentor of(String id, Answer... answers) {
        return new Mentor(id, id, List.of(answers), List.of());
    }

    public static Answer answer(String id, String question, List<String> paraphrases) {
        return new Answer(
                id,
                "COMPLETE",
                "The answer about " + id + ".",
                "",
                new Question("q-" + id, question, "QUESTION", "", paraphrases),
                List.of("Life", "Background"),
                new Media(
                        JsonObject.copyOf(
                                Map.of("type", "video", "tag", "web", "url", "https://example.org/" + id + ".mp4")),
                        null,
                        null,
                        JsonObject.of("wistiaId", "wistia-" + id)));
    }

    private static Answer utterance(String id, String occasion, String transcript) {
        return new Answer(
                id,
                "COMPLETE",
                transcript,
                "",
                new Question("q-" + id, "Please say it.", "UTTERANCE", occasion, List.of()),
                List.of(),
                Media.NONE);
    }

    private static Answer with(Answer answer, String status, String transcript) {
        return new Answer(answer.id(), status, transcript, "", answer.question(), answer.topics(), answer.media());
    }
}
