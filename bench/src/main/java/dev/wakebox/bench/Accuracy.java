package dev.wakebox.bench;

import dev.wakebox.classifier.Encoder;
import dev.wakebox.classifier.Prediction;
import dev.wakebox.classifier.Training;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Measures the accuracy and the calibration of the classifier on BANKING77 and CLINC150, with fixed seeds. */
public final class Accuracy {
    private static final int SEEDS = 3;
    private static final int BINS = 15;
    /** The share of in-scope questions that must still be answered right while out-of-scope ones are recognised. */
    private static final double STILL_RIGHT = 0.89;

    private record Set(List<LabelledQuestion> questions, float[][] vectors) {
        static Set of(List<LabelledQuestion> questions, Encoder encoder) {
            return new Set(
                    questions,
                    encoder.embed(questions.stream().map(LabelledQuestion::text).toList()));
        }

        Set only(List<Integer> places) {
            return new Set(
                    places.stream().map(questions::get).toList(),
                    places.stream().map(place -> vectors[place]).toArray(float[][]::new));
        }

        Training train(Encoder encoder) {
            return Training.of(questions.stream().map(LabelledQuestion::example).toList(), vectors, encoder.sha256());
        }
    }

    /**
     * The result of one classifier on one test set.
     *
     * @param inScope of the questions that were answered right
     */
    private record Result(double accuracy, double calibrationError, double answeredRight, double[] inScope) {
        static Result of(Training training, Set test) {
            var confidence = new double[BINS];
            var hits = new double[BINS];
            var inScope = new ArrayList<Double>();
            int answeredRight = 0;
            for (int i = 0; i < test.vectors().length; i++) {
                Prediction answer = training.classifier().classify(test.vectors()[i]);
                int bin = Math.min((int) (answer.confidence() * BINS), BINS - 1);
                confidence[bin] += answer.confidence();
                if (answer.label().equals(test.questions().get(i).label())) {
                    hits[bin]++;
                    inScope.add(answer.inScope());
                    answeredRight += answer.offTopic() ? 0 : 1;
                }
            }
            double error = 0;
            for (int bin = 0; bin < BINS; bin++) {
                error += Math.abs(confidence[bin] - hits[bin]);
            }
            double size = test.vectors().length;
            return new Result(
                    inScope.size() / size,
                    error / size,
                    answeredRight / size,
                    inScope.stream().mapToDouble(Double::doubleValue).sorted().toArray());
        }
    }

    private Accuracy() {}

    /** @param args the directory with the data sets */
    public static void main(String[] args) throws IOException {
        Path data = Path.of(args[0]);
        try (var encoder = Encoder.open()) {
            banking77(data, encoder);
            clinc150(data, encoder);
        }
    }

    private static void banking77(Path data, Encoder encoder) throws IOException {
        var train = Set.of(LabelledQuestion.banking77(data, "train"), encoder);
        var test = Set.of(LabelledQuestion.banking77(data, "test"), encoder);
        var full = Result.of(train.train(encoder), test);
        print("BANKING77 full      accuracy %.1f %%  ECE %.3f", 100 * full.accuracy(), full.calibrationError());
        for (int ofEach : new int[] {10, 5}) {
            double accuracy = 0;
            double error = 0;
            for (int seed = 0; seed < SEEDS; seed++) {
                var few = train.only(LabelledQuestion.few(train.questions(), ofEach, seed));
                var result = Result.of(few.train(encoder), test);
                accuracy += result.accuracy() / SEEDS;
                error += result.calibrationError() / SEEDS;
            }
            print(
                    "BANKING77 %2d-shot   accuracy %.1f %%  ECE %.3f  (mean of %d seeds)",
                    ofEach, 100 * accuracy, error, SEEDS);
        }
    }

    private static void clinc150(Path data, Encoder encoder) throws IOException {
        var training = Set.of(LabelledQuestion.clinc150(data, "train"), encoder).train(encoder);
        var test = Set.of(LabelledQuestion.clinc150(data, "test"), encoder);
        var outside = Set.of(LabelledQuestion.clinc150(data, "oos_test"), encoder);
        var result = Result.of(training, test);
        double[] in = inScope(training, test);
        double[] out = inScope(training, outside);
        print(
                "CLINC150            accuracy %.1f %%  ECE %.3f  OOS AUROC %.3f",
                100 * result.accuracy(), result.calibrationError(), auroc(in, out));

        int givenUp = result.inScope().length - (int) Math.ceil(STILL_RIGHT * in.length);
        print(
                "CLINC150            OOS recall %.1f %% at the threshold where %.0f %% of in-scope is answered right",
                100 * shareBelow(result.inScope()[givenUp], out), 100 * STILL_RIGHT);
        print(
                "CLINC150            OOS recall %.1f %%, %.1f %% of in-scope answered right, with the threshold that training chose",
                100 * shareBelow(training.report().threshold(), out), 100 * result.answeredRight());
    }

    /** The sorted scores of a set. */
    private static double[] inScope(Training training, Set set) {
        return Arrays.stream(set.vectors())
                .mapToDouble(vector -> training.classifier().classify(vector).inScope())
                .sorted()
                .toArray();
    }

    /** The probability that a question in scope has a higher score than one that isn't. */
    private static double auroc(double[] in, double[] out) {
        return Arrays.stream(in).map(score -> shareBelow(score, out)).average().orElseThrow();
    }

    private static double shareBelow(double threshold, double[] sorted) {
        int place = Arrays.binarySearch(sorted, threshold);
        return (double) (place < 0 ? -place - 1 : place) / sorted.length;
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation is in a jar that no other code needs
    private static void print(String format, Object... arguments) {
        System.out.println(String.format(Locale.ROOT, format, arguments));
    }
}
