package dev.wakebox.classifier;

import dev.wakebox.classifier.Example.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** A small mentor for trainings, and the encoder that the build has unpacked. */
final class Questions {
    static final Encoder ENCODER = Encoder.open(Path.of("target/encoder"));

    private static final Map<String, List<String>> BY_ANSWER = Map.of(
            "age",
            List.of(
                    "How old are you?",
                    "What is your age?",
                    "When were you born?",
                    "In which year were you born?",
                    "What's your date of birth?"),
            "home",
            List.of(
                    "Where do you live?",
                    "Which town is your home?",
                    "Where is your house?",
                    "What city do you live in?",
                    "Where are you based?"),
            "job",
            List.of(
                    "What do you do for a living?",
                    "What is your job?",
                    "Where do you work?",
                    "What's your profession?",
                    "Which company employs you?"),
            "food",
            List.of(
                    "What do you like to eat?",
                    "What's your favourite dish?",
                    "Which food do you like most?",
                    "What do you have for dinner?",
                    "Do you like pizza?"),
            "pet",
            List.of(
                    "Do you have a pet?",
                    "Have you got a dog?",
                    "What's your cat's name?",
                    "Do you keep animals?",
                    "Do you own a dog or a cat?"));

    private Questions() {}

    /** Five questions for each of five answers; the first is the mentor's own question. */
    static List<Example> examples() {
        var examples = new ArrayList<Example>();
        BY_ANSWER.forEach((answer, questions) -> questions.forEach(question -> examples.add(new Example(
                question, answer, question.equals(questions.getFirst()) ? Kind.QUESTION : Kind.PARAPHRASE))));
        examples.sort(Comparator.comparing(Example::text));
        return examples;
    }
}
