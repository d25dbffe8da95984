package dev.wakebox.functions.classifierpredict;

import static java.util.Objects.requireNonNull;

import dev.wakebox.classifier.Classifier;
import dev.wakebox.classifier.Encoder;
import dev.wakebox.classifier.Prediction;
import dev.wakebox.mentors.Answer;
import dev.wakebox.mentors.Mentor;
import dev.wakebox.mentors.MentorJson;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;

/** A mentor's classifier with the recorded answers. Immutable. */
final class MentorModel {
    static final String OFF_TOPIC = "_OFF_TOPIC_";

    /**
     * The answer to a question.
     *
     * @param answer empty when the question is off topic and the mentor has no utterance for that
     * @param pick the id of the classifier's answer, also when the question is off topic
     * @param type how it was found, or {@code OFF_TOPIC}
     */
    record Reply(Optional<Answer> answer, String pick, String type, double confidence) {
        Reply {
            requireNonNull(answer, "answer is null");
            requireNonNull(pick, "pick is null");
            requireNonNull(type, "type is null");
        }
    }

    /** An answer that is close to the question in meaning. */
    record Alternative(Answer answer, double confidence) {
        Alternative {
            requireNonNull(answer, "answer is null");
        }
    }

    private final Classifier classifier;
    private final Map<String, Answer> answers;
    private final List<Answer> offTopic;

    private MentorModel(Classifier classifier, Mentor mentor) {
        this.classifier = classifier;
        this.answers = mentor.answersToQuestions().stream().collect(Collectors.toMap(Answer::id, answer -> answer));
        this.offTopic = mentor.utterances(OFF_TOPIC).toList();
    }

    /**
     * Reads a model file.
     *
     * @throws WakeboxException when the file is not usable
     */
    static MentorModel read(byte[] file, Encoder encoder) {
        var classifier = Classifier.read(file, encoder);
        try {
            return new MentorModel(classifier, MentorJson.read("", classifier.attachment()));
        } catch (WakeboxException e) {
            throw new WakeboxException(
                    ErrorCode.INTERNAL,
                    "The model cannot be used: the mentor's answers are not in it; train the mentor again.",
                    e);
        }
    }

    /**
     * Answers a question.
     *
     * @param threshold replaces the model's own off-topic threshold
     * @param choice picks one of the given number of off-topic utterances
     */
    Reply reply(String question, Encoder encoder, OptionalDouble threshold, IntUnaryOperator choice) {
        Prediction prediction = classifier.answer(question, encoder);
        boolean isOffTopic =
                threshold.isPresent() ? prediction.inScope() < threshold.getAsDouble() : prediction.offTopic();
        if (isOffTopic) {
            return new Reply(
                    offTopic.isEmpty()
                            ? Optional.empty()
                            : Optional.of(offTopic.get(choice.applyAsInt(offTopic.size()))),
                    prediction.label(),
                    "OFF_TOPIC",
                    prediction.confidence());
        }
        return new Reply(
                Optional.ofNullable(answers.get(prediction.label())),
                prediction.label(),
                prediction.match().name(),
                prediction.confidence());
    }

    /** The answers closest to a question, the most probable one first, whether or not it is off topic. */
    List<Alternative> alternatives(String question, Encoder encoder, int most) {
        return classifier.likely(question, encoder, most).stream()
                .flatMap(likely -> Optional.ofNullable(answers.get(likely.label()))
                        .map(answer -> new Alternative(answer, likely.confidence()))
                        .stream())
                .toList();
    }
}
