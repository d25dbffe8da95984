package dev.wakebox.functions.classifierpredict;

import dev.wakebox.functions.classifierpredict.MentorModel.Reply;
import dev.wakebox.mentors.Answer;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.SnakeCase;
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
        boolean answerMissing) {

    /** The recordings of the answer; null for none. */
    @SnakeCase
    record AnswerMedia(
            @Nullable JsonObject webMedia,
            @Nullable JsonObject mobileMedia,
            @Nullable JsonObject vttMedia) {}

    static PredictedAnswer of(String question, Reply reply, @Nullable String feedbackId) {
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
                answer.isEmpty());
    }
}
