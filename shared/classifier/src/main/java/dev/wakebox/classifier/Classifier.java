package dev.wakebox.classifier;

import dev.wakebox.runtime.WakeboxException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A trained classifier. It finds the answer to a question, with a calibrated confidence. Immutable. */
public final class Classifier {
    /** An example in the model: its normalised text, and the index of its answer. */
    record Known(String key, int label, Example.Kind kind) {}

    private final byte[] encoder;
    private final List<String> labels;
    private final List<Known> known;
    private final Head head;
    private final Calibration calibration;
    private final byte[] attachment;
    private final Map<String, Known> byKey;

    /** @param known the examples, in the order of the head's vectors */
    Classifier(
            byte[] encoder,
            List<String> labels,
            List<Known> known,
            Head head,
            Calibration calibration,
            byte[] attachment) {
        this.encoder = encoder;
        this.labels = List.copyOf(labels);
        this.known = List.copyOf(known);
        this.head = head;
        this.calibration = calibration;
        this.attachment = attachment;
        this.byKey = HashMap.newHashMap(known.size());
        for (Known example : known) {
            byKey.merge(example.key(), example, (a, b) -> b.kind().compareTo(a.kind()) < 0 ? b : a);
        }
    }

    /**
     * Reads a model file.
     *
     * @throws WakeboxException when it is damaged, of another format, or made with another encoder
     */
    public static Classifier read(byte[] file, Encoder encoder) {
        return ModelFile.read(file, encoder.sha256());
    }

    /** Writes the model file; docs/model-format.md describes it. */
    public byte[] toBytes() {
        return ModelFile.write(this);
    }

    /** The same classifier with data of its owner, such as the answers, which its file includes. */
    public Classifier with(byte[] newAttachment) {
        return new Classifier(encoder, labels, known, head, calibration, newAttachment.clone());
    }

    /** The attached data; empty if there is none. */
    public byte[] attachment() {
        return attachment.clone();
    }

    /** The answer to a question. */
    public Prediction answer(String question, Encoder encoder) {
        String key = QuestionText.key(question);
        Known same = key.isEmpty() ? null : byKey.get(key); // all texts without a word would be equal
        if (same == null) {
            return classify(encoder.embed(question));
        }
        var match =
                switch (same.kind()) {
                    case QUESTION -> Prediction.Match.EXACT;
                    case PARAPHRASE -> Prediction.Match.PARAPHRASE;
                };
        return new Prediction(labels.get(same.label()), 1, Double.POSITIVE_INFINITY, false, match);
    }

    /** The answer to a question that the encoder has read. */
    public Prediction classify(float[] vector) {
        Head.Scores scores = head.score(vector);
        return new Prediction(
                labels.get(Vectors.highest(scores.classes())),
                calibration.confidence(scores.classes()),
                scores.inScope(),
                scores.inScope() < calibration.threshold(),
                Prediction.Match.CLASSIFIER);
    }

    /**
     * The answers that are closest to a question in meaning, the most probable one first.
     *
     * @param most how many at most
     */
    public List<LikelyAnswer> likely(String question, Encoder reader, int most) {
        float[] scores = head.score(reader.embed(question)).classes();
        return IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble(label -> -scores[label]))
                .limit(most)
                .map(label -> new LikelyAnswer(labels.get(label), calibration.confidence(scores, label)))
                .toList();
    }

    byte[] encoder() {
        return encoder;
    }

    List<String> labels() {
        return labels;
    }

    List<Known> known() {
        return known;
    }

    Head head() {
        return head;
    }

    Calibration calibration() {
        return calibration;
    }
}
