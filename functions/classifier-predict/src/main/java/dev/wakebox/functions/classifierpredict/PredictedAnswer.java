package dev.wakebox.functions.classifierpredict;

import dev.wakebox.functions.classifierpredict.MentorModel.Alternative;
import dev.wakebox.functions.classifierpredict.MentorModel.Reply;
import dev.wakebox.mentors.Answer;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.SnakeCase;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The HTTP answer to a user's question. */
@SnakeCase
record PredictedAnswer(
        String question,
        String questionId,
        String answerId,
        String answerText,
        String answerMarkdownText,
        AnswerMedia answerMedia,
        JsonObject externalVideoIds,
        double confidence,
        @Nullable String feedbackId,
        String classifier,
        String answerType,
        boolean answerMissing,
        Optional<List<AlternativeAnswer>> alternatives) {

    /** One of the answers closest to the question. */
    @SnakeCase
    record AlternativeAnswer(String questionId, String answerId, String answerText, double confidence) {
        static AlternativeAnswer of(Alternative alternative) {
            Answer answer = alternative.answer();
            return new AlternativeAnswer(
                    answer.question().id(), answer.id(), answer.transcript(), alternative.confidence());
        }
    }

    /** The recordings of the answer; null for none. */
    @SnakeCase
    record AnswerMedia(
            @Nullable JsonObject webMedia,
            @Nullable JsonObject mobileMedia,
            @Nullable JsonObject vttMedia) {}

    /** @param alternatives if the caller asked for them */
    static PredictedAnswer of(
            String question, Reply reply, @Nullable String feedbackId, Optional<List<Alternative>> alternatives) {
        Optional<Answer> answer = reply.answer();
        return new PredictedAnswer(
                question,
                answer.map(given -> given.question().id()).orElse(""),
                answer.map(Answer::id).orElse(MentorModel.OFF_TOPIC),
                answer.map(Answer::transcript).orElse(MentorModel.OFF_TOPIC),
                answer.map(given -> given.markdown().isEmpty() ? given.transcript() : given.markdown())
                        .orElse(MentorModel.OFF_TOPIC),
                new AnswerMedia(
                        answer.map(given -> given.media().web()).orElse(null),
                        answer.map(given -> given.media().mobile()).orElse(null),
                        answer.map(given -> given.media().vtt()).orElse(null)),
                answer.map(given -> given.media().externalVideoIds()).orElse(JsonObject.of()),
                reply.confidence(),
                feedbackId,
                "",
                reply.type(),
                answer.isEmpty(),
                alternatives.map(
                        found -> found.stream().map(AlternativeAnswer::of).toList()));
    }
}
