package dev.wakebox.bench;

import dev.wakebox.classifier.Encoder;
import dev.wakebox.classifier.Training;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** A process that trains one mentor with 1,000 questions and 200 answers, and ends. */
final class TrainOnce {
    private static final int ANSWERS = 200;
    private static final int QUESTIONS_EACH = 5;

    private TrainOnce() {}

    /** @param args the directory with the data sets, and the model file to write */
    public static void main(String[] args) throws IOException {
        try (var encoder = Encoder.open()) {
            var training = Training.of(
                    mentor(Path.of(args[0])).stream()
                            .map(LabelledQuestion::example)
                            .toList(),
                    encoder);
            Files.write(Path.of(args[1]), training.classifier().toBytes());
            System.out.println(training.report());
        }
    }

    /** Five questions of each intent of CLINC150 and, up to 200 intents, of BANKING77. */
    private static List<LabelledQuestion> mentor(Path data) throws IOException {
        var all = new ArrayList<>(LabelledQuestion.clinc150(data, "train"));
        all.addAll(LabelledQuestion.banking77(data, "train"));
        var labels = new HashSet<String>();
        all.removeIf(question ->
                !labels.contains(question.label()) && (labels.size() == ANSWERS || !labels.add(question.label())));
        return LabelledQuestion.few(all, QUESTIONS_EACH, 0).stream()
                .map(all::get)
                .toList();
    }
}
