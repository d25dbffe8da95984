package dev.wakebox.classifier;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A new classifier and its quality. The same examples give the same classifier on the same kind of processor. */
public record Training(Classifier classifier, Report report, HeldOut heldOut) {
    private static final int MOST_CONFUSIONS = 20;
    private static final int FOLDS = 5;
    private static final int NEVER_HELD_OUT = -1;
    private static final long SEED = 5;

    /**
     * What the examples outside a fold teach.
     *
     * @param trials the examples in the fold; none if all examples were learned
     */
    private record Part(Head head, List<Calibration.Trial> trials) {}

    /**
     * Learns from examples, with one thread per processor.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} when there are no examples
     */
    public static Training of(List<Example> examples, Encoder encoder) {
        return of(examples, encoder.embed(examples.stream().map(Example::text).toList()), encoder.sha256());
    }

    /**
     * Learns from encoded examples.
     *
     * @param vectors of the examples, in their order
     * @param encoder the hash of the encoder
     */
    public static Training of(List<Example> examples, float[][] vectors, byte[] encoder) {
        return of(examples, vectors, encoder, () -> {});
    }

    /**
     * Learns from encoded examples until a deadline.
     *
     * @param stillTime called often, by several threads; an exception that it throws ends the training
     */
    public static Training of(List<Example> examples, float[][] vectors, byte[] encoder, Runnable stillTime) {
        if (examples.isEmpty()) {
            throw new WakeboxException(ErrorCode.INVALID_REQUEST, "There are no questions to learn from.");
        }
        List<String> names =
                List.copyOf(new TreeSet<>(examples.stream().map(Example::label).toList()));
        int[] labels = examples.stream()
                .mapToInt(example -> Collections.binarySearch(names, example.label()))
                .toArray();
        int[] folds = folds(examples, labels);
        List<Part> parts = IntStream.rangeClosed(NEVER_HELD_OUT, FOLDS - 1)
                .filter(fold -> fold == NEVER_HELD_OUT || Arrays.stream(folds).anyMatch(of -> of == fold))
                .parallel()
                .mapToObj(fold -> part(fold, folds, vectors, labels, names.size(), stillTime))
                .toList();
        List<Calibration.Trial> trials =
                parts.stream().flatMap(part -> part.trials().stream()).toList();
        var calibration = Calibration.of(trials, stillTime);
        List<Classifier.Known> known = IntStream.range(0, labels.length)
                .mapToObj(row -> new Classifier.Known(
                        QuestionText.key(examples.get(row).text()),
                        labels[row],
                        examples.get(row).kind()))
                .toList();
        return new Training(
                new Classifier(encoder, names, known, parts.getFirst().head(), calibration, new byte[0]),
                report(names.size(), labels.length, trials, calibration),
                new HeldOut(calibration.bins(trials), confusions(names, trials)));
    }

    private static List<HeldOut.Confusion> confusions(List<String> names, List<Calibration.Trial> trials) {
        return trials.stream()
                .filter(trial -> !trial.right())
                .collect(Collectors.groupingBy(
                        trial -> List.of(
                                names.get(trial.label()),
                                names.get(Vectors.highest(trial.scores().classes()))),
                        Collectors.counting()))
                .entrySet()
                .stream()
                .map(pair -> new HeldOut.Confusion(
                        pair.getKey().getFirst(),
                        pair.getKey().getLast(),
                        pair.getValue().intValue()))
                .sorted(Comparator.comparingInt(HeldOut.Confusion::times)
                        .reversed()
                        .thenComparing(HeldOut.Confusion::label)
                        .thenComparing(HeldOut.Confusion::given))
                .limit(MOST_CONFUSIONS)
                .toList();
    }

    /**
     * Assigns a fold to each example, so that every class is spread over the folds. Equal texts are in one fold,
     * whatever their class, so that no learned text is measured. The only text of a class is never held out, because
     * nothing else could teach that class.
     */
    private static int[] folds(List<Example> examples, int[] labels) {
        Collection<List<Integer>> texts = IntStream.range(0, labels.length)
                .boxed()
                .collect(Collectors.groupingBy(
                        row -> QuestionText.key(examples.get(row).text()), LinkedHashMap::new, Collectors.toList()))
                .values();
        var textsOfClasses = new TreeMap<Integer, List<List<Integer>>>();
        for (List<Integer> text : texts) {
            text.stream().map(row -> labels[row]).distinct().forEach(label -> textsOfClasses
                    .computeIfAbsent(label, _ -> new ArrayList<>())
                    .add(text));
        }
        var folds = new int[labels.length];
        Arrays.fill(folds, NEVER_HELD_OUT);
        var random = new Random(SEED);
        int next = 0;
        for (List<List<Integer>> ofClass : textsOfClasses.values()) {
            if (ofClass.size() > 1) {
                Collections.shuffle(ofClass, random);
                for (List<Integer> text : ofClass) {
                    if (folds[text.getFirst()] == NEVER_HELD_OUT && taughtByOthers(text, labels, textsOfClasses)) {
                        int fold = next++ % FOLDS;
                        text.forEach(row -> folds[row] = fold);
                    }
                }
            }
        }
        return folds;
    }

    private static boolean taughtByOthers(
            List<Integer> text, int[] labels, Map<Integer, List<List<Integer>>> textsOfClasses) {
        return text.stream()
                .allMatch(row ->
                        textsOfClasses.getOrDefault(labels[row], List.of()).size() > 1);
    }

    /** Learns from the examples outside a fold, and scores those in it. */
    private static Part part(int fold, int[] folds, float[][] vectors, int[] labels, int classes, Runnable stillTime) {
        int[] kept = IntStream.range(0, labels.length)
                .filter(row -> fold == NEVER_HELD_OUT || folds[row] != fold)
                .toArray();
        float[][] keptVectors =
                Arrays.stream(kept).mapToObj(row -> vectors[row]).toArray(float[][]::new);
        int[] keptLabels = Arrays.stream(kept).map(row -> labels[row]).toArray();
        var head = Head.fit(keptVectors, keptLabels, classes, stillTime);
        if (fold == NEVER_HELD_OUT) {
            return new Part(head, List.of());
        }
        int[] heldOut = IntStream.range(0, labels.length)
                .filter(row -> folds[row] == fold)
                .toArray();
        List<Head.Scores> scores =
                head.scores(Arrays.stream(heldOut).mapToObj(row -> vectors[row]).toList(), stillTime);
        return new Part(
                head,
                IntStream.range(0, heldOut.length)
                        .mapToObj(i -> new Calibration.Trial(scores.get(i), labels[heldOut[i]]))
                        .toList());
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
