package dev.wakebox.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.wakebox.classifier.Encoder;
import dev.wakebox.classifier.Example;
import dev.wakebox.classifier.Training;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A process that trains one mentor of a given size and prints what it took. */
final class TrainMany {
    private static final long SEED = 0;

    private record Took(double wall, double cpu) {
        static Took of(Runnable work) {
            var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
            long cpu = system.getProcessCpuTime();
            long wall = System.nanoTime();
            work.run();
            return new Took((System.nanoTime() - wall) / 1e9, (system.getProcessCpuTime() - cpu) / 1e9);
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.1f (%.1f)", wall, cpu);
        }
    }

    private TrainMany() {}

    /** @param args the directory with the data sets, the number of examples, and how many of them each answer has */
    public static void main(String[] args) throws IOException {
        List<LabelledQuestion> questions = questions(Path.of(args[0]), Integer.parseInt(args[1]));
        try (var encoder = Encoder.open()) {
            var vectors = new float[questions.size()][];
            Took reading = Took.of(() -> System.arraycopy(
                    encoder.embed(questions.stream().map(LabelledQuestion::text).toList()),
                    0,
                    vectors,
                    0,
                    vectors.length));
            List<Example> examples = answered(questions, vectors, Integer.parseInt(args[2]));
            var trained = new ArrayList<Training>();
            Took learning = Took.of(() -> trained.add(Training.of(examples, vectors, encoder.sha256())));
            var training = trained.getFirst();
            System.out.println(String.format(
                    Locale.ROOT,
                    "| %,d | %,d | %s | %s | %.3f | %.1f | %d |",
                    training.report().examples(),
                    training.report().answers(),
                    reading,
                    learning,
                    training.report().accuracy(),
                    training.classifier().toBytes().length / 1e6,
                    AnswerMany.megabytes("VmHWM")));
        }
    }

    /** All questions of one intent after the other, in a random order of the intents. */
    private static List<LabelledQuestion> questions(Path data, int count) throws IOException {
        var all = new ArrayList<LabelledQuestion>();
        for (String part : List.of("train", "val", "test")) {
            all.addAll(LabelledQuestion.clinc150(data, part));
        }
        for (String part : List.of("train", "test")) {
            all.addAll(LabelledQuestion.banking77(data, part));
        }
        var byIntent = new ArrayList<>(all.stream()
                .collect(Collectors.groupingBy(LabelledQuestion::label, LinkedHashMap::new, Collectors.toList()))
                .values());
        Collections.shuffle(byIntent, new Random(SEED));
        return byIntent.stream().flatMap(List::stream).limit(count).toList();
    }

    /** Splits each intent into answers, whose examples are the questions that are closest in meaning. */
    private static List<Example> answered(List<LabelledQuestion> questions, float[][] vectors, int ofEach) {
        var labels = new String[vectors.length];
        IntStream.range(0, vectors.length)
                .boxed()
                .collect(Collectors.groupingBy(
                        row -> questions.get(row).label(), LinkedHashMap::new, Collectors.toList()))
                .forEach((intent, rows) -> {
                    var left = new ArrayList<>(rows);
                    while (!left.isEmpty()) {
                        float[] first = vectors[left.getFirst()];
                        left.sort(Comparator.comparingDouble(row -> -cosine(vectors[row], first)));
                        List<Integer> answer = left.subList(0, Math.min(ofEach, left.size()));
                        answer.forEach(row -> labels[row] = intent + " " + left.size());
                        answer.clear();
                    }
                });
        return IntStream.range(0, labels.length)
                .mapToObj(row -> new Example(questions.get(row).text(), labels[row], Example.Kind.PARAPHRASE))
                .toList();
    }

    private static double cosine(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
