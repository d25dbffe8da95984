package dev.wakebox.classifier;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A classifier fresh from its training, and how good it is. The same examples give the same classifier.
 */
public record Training(Classifier classifier, Report report) {
    private static final int FOLDS = 5;
    private static final int NEVER_HELD_OUT = -1;
    private static final long SEED = 5;

    /**
     * Learns from examples, by as many threads as there are processors.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} when there are no examples
     */
    public static Training of(List<Example> examples, Encoder encoder) {
        return of(examples, encoder.embed(examples.stream().map(Example::text).toList()), encoder.sha256());
    }

    /**
     * Learns from examples that an encoder has read.
     *
     * @param vectors of the examples, in their order
     * @param encoder the hash of the encoder
     */
    public static Training of(List<Example> examples, float[][] vectors, byte[] encoder) {
        if (examples.isEmpty()) {
            throw new WakeboxException(ErrorCode.INVALID_REQUEST, "There are no questions to learn from.");
        }
        List<String> names =
                List.copyOf(new TreeSet<>(examples.stream().map(Example::label).toList()));
        int[] labels = examples.stream()
                .mapToInt(example -> Collections.binarySearch(names, example.label()))
                .toArray();
        int[] folds = folds(labels);
        // the head of all examples, and one without each fold
        List<Head> heads = IntStream.rangeClosed(NEVER_HELD_OUT, FOLDS - 1)
                .parallel()
                .mapToObj(fold -> without(fold, folds, vectors, labels, names.size()))
                .toList();
        List<Calibration.Trial> trials = IntStream.range(0, labels.length)
                .parallel()
                .filter(row -> folds[row] != NEVER_HELD_OUT)
                .mapToObj(row -> new Calibration.Trial(heads.get(folds[row] + 1).score(vectors[row]), labels[row]))
                .toList();
        var calibration = Calibration.of(trials);
        List<Classifier.Known> known = IntStream.range(0, labels.length)
                .mapToObj(row -> new Classifier.Known(
                        QuestionText.key(examples.get(row).text()),
                        labels[row],
                        examples.get(row).kind()))
                .toList();
        return new Training(
                new Classifier(encoder, names, known, heads.getFirst(), calibration, new byte[0]),
                report(names.size(), labels.length, trials, calibration));
    }

    /**
     * A fold for each example, so that every class has its share in each; the only example of a class is never held out,
     * for nothing else could teach its class.
     */
    private static int[] folds(int[] labels) {
        var rows = new TreeMap<Integer, List<Integer>>();
        for (int row = 0; row < labels.length; row++) {
            rows.computeIfAbsent(labels[row], _ -> new ArrayList<>()).add(row);
        }
        var folds = new int[labels.length];
        Arrays.fill(folds, NEVER_HELD_OUT);
        var random = new Random(SEED);
        int next = 0;
        for (List<Integer> group : rows.values()) {
            if (group.size() > 1) {
                Collections.shuffle(group, random);
                for (int row : group) {
                    folds[row] = next++ % FOLDS;
                }
            }
        }
        return folds;
    }

    private static Head without(int fold, int[] folds, float[][] vectors, int[] labels, int classes) {
        int[] kept = IntStream.range(0, labels.length)
                .filter(row -> fold == NEVER_HELD_OUT || folds[row] != fold)
                .toArray();
        float[][] keptVectors =
                Arrays.stream(kept).mapToObj(row -> vectors[row]).toArray(float[][]::new);
        int[] keptLabels = Arrays.stream(kept).map(row -> labels[row]).toArray();
        return Head.fit(keptVectors, keptLabels, classes);
    }

    private static Report report(int answers, int examples, List<Calibration.Trial> trials, Calibration calibration) {
        var confidences = new double[trials.size()];
        var right = new boolean[trials.size()];
        int hits = 0;
        for (int i = 0; i < right.length; i++) {
            confidences[i] = calibration.confidence(trials.get(i).scores().classes());
            right[i] = trials.get(i).right();
            hits += right[i] ? 1 : 0;
        }
        boolean measured = !trials.isEmpty();
        return new Report(
                examples,
                answers,
                trials.size(),
                measured ? (double) hits / trials.size() : 0,
                measured ? Calibration.error(confidences, right) : 0,
                calibration.temperature(),
                calibration.threshold());
    }
}
