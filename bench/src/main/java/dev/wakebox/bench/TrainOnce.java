package dev.wakebox.bench;

import dev.wakebox.classifier.Encoder;
import dev.wakebox.classifier.Training;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** A process that trains one mentor of 1,000 questions and 200 answers, and ends. */
final class TrainOnce {
    private static final int ANSWERS = 200;
    private static final int QUESTIONS_EACH = 5;

    private TrainOnce() {}

    /** @param args the directory with the data sets, and the model file to write */
    public static void main(String[] args) throws IOException {
        try (var encoder = Encoder.open()) {
            var training = Training.of(
                    mentor(Path.of(args[0])).stream().map(Question::example).toList(), encoder);
            Files.write(Path.of(args[1]), training.classifier().toBytes());
            System.out.println(training.report());
        }
    }

    /** Five questions each of all intents of CLINC150 and, until there are 200, of BANKING77. */
    private static List<Question> mentor(Path data) throws IOException {
        var all = new ArrayList<>(Question.clinc150(data, "train"));
        all.addAll(Question.banking77(data, "train"));
        var labels = new HashSet<String>();
        all.removeIf(question ->
                !labels.contains(question.label()) && (labels.size() == ANSWERS || !labels.add(question.label())));
        return Question.few(all, QUESTIONS_EACH, 0).stream().map(all::get).toList();
    }
}
