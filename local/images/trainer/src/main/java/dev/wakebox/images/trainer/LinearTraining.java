package dev.wakebox.images.trainer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Trains one classifier, epoch by epoch. The same input and seed give the same model. */
final class LinearTraining<T> {
    /**
     * The measures at the end of one epoch.
     *
     * @param number from 1
     * @param learningRate of the epoch
     * @param heldOut null when no row is held out
     */
    record Epoch(
            int number,
            double learningRate,
            SoftmaxRegression.Score train,
            SoftmaxRegression.@Nullable Score heldOut) {}

    /** Receives each epoch at its end. */
    interface Listener {
        void ended(Epoch epoch) throws InterruptedException;
    }

    private final TrainingSettings request;
    private final List<LabelledRow> train;
    private final List<LabelledRow> heldOut;
    private final LinearModel<T> model;
    private final Random random;

    /** @param labels all labels, sorted */
    LinearTraining(
            TrainingSettings request,
            List<String> labels,
            DatasetRows.Split<T> split,
            Features<T> features,
            Random random) {
        this.request = request;
        this.random = random;
        int weights = (features.dimension() + 1) * labels.size();
        Optimizer optimizer = Optimizer.named(request.optimizer(), weights).orElseGet(() -> Optimizer.adam(weights));
        this.model = new LinearModel<>(
                features, labels, new SoftmaxRegression(features.dimension(), labels.size(), optimizer));
        this.train = examples(split.train());
        this.heldOut = examples(split.heldOut());
    }

    /** Trains for the given number of epochs; the model is that of the last one. */
    LinearModel<T> run(Listener listener) throws InterruptedException {
        var rate = LearningRate.initial(request.learningRate());
        for (int number = 1; number <= request.epochs(); number++) {
            learn(rate.value());
            var trainScore = model.regression().score(train);
            var heldOutScore = heldOut.isEmpty() ? null : model.regression().score(heldOut);
            listener.ended(new Epoch(number, rate.value(), trainScore, heldOutScore));
            double loss = heldOutScore == null ? trainScore.loss() : heldOutScore.loss();
            rate = rate.after(number, loss, request.stepLr(), request.reduceOnPlateau());
        }
        return model;
    }

    private void learn(double rate) {
        Collections.shuffle(train, random);
        for (int from = 0; from < train.size(); from += request.batchSize()) {
            int to = Math.min(from + request.batchSize(), train.size());
            model.regression().learn(train.subList(from, to), rate);
        }
    }

    private List<LabelledRow> examples(List<Row<T>> rows) {
        float[][] vectors = model.features().of(rows.stream().map(Row::input).toList());
        var examples = new ArrayList<LabelledRow>(rows.size());
        for (int i = 0; i < vectors.length; i++) {
            int label = Collections.binarySearch(model.labels(), rows.get(i).label());
            examples.add(new LabelledRow(vectors[i], label));
        }
        return examples;
    }
}
