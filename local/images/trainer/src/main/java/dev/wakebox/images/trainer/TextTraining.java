package dev.wakebox.images.trainer;

import dev.wakebox.classifier.Encoder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** The learning of one text classifier, epoch by epoch; the same input and seed give the same model. */
final class TextTraining {
    /**
     * What one epoch has come to, measured at its end.
     *
     * @param number from 1
     * @param learningRate that it learned with
     * @param heldOut null when no row is held out
     */
    record Epoch(
            int number,
            double learningRate,
            SoftmaxRegression.Score train,
            SoftmaxRegression.@Nullable Score heldOut) {}

    /** Is told of every epoch at its end. */
    interface Listener {
        void ended(Epoch epoch) throws InterruptedException;
    }

    private final TrainingRequest request;
    private final List<Example> train;
    private final List<Example> heldOut;
    private final TextModel model;
    private final Random random;

    /** @param labels all of them, sorted */
    TextTraining(TrainingRequest request, List<String> labels, Dataset.Split split, Encoder encoder, Random random) {
        this.request = request;
        this.random = random;
        int weights = (Encoder.DIMENSION + 1) * labels.size();
        Optimizer optimizer = Optimizer.named(request.optimizer(), weights).orElseGet(() -> Optimizer.adam(weights));
        this.model = new TextModel(encoder, labels, new SoftmaxRegression(Encoder.DIMENSION, labels.size(), optimizer));
        this.train = examples(split.train());
        this.heldOut = examples(split.heldOut());
    }

    /** Learns for as many epochs as asked for; the model is that of the last epoch. */
    TextModel run(Listener listener) throws InterruptedException {
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

    private List<Example> examples(List<Row> rows) {
        float[][] vectors = model.encoder().embed(rows.stream().map(Row::input).toList());
        var examples = new ArrayList<Example>(rows.size());
        for (int i = 0; i < vectors.length; i++) {
            int label = Collections.binarySearch(model.labels(), rows.get(i).label());
            examples.add(new Example(vectors[i], label));
        }
        return examples;
    }
}
