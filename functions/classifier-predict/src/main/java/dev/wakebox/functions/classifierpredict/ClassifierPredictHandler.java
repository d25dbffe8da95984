package dev.wakebox.functions.classifierpredict;

import static java.util.Objects.requireNonNull;

import dev.wakebox.classifier.Encoder;
import dev.wakebox.classifier.Models;
import dev.wakebox.classifierapi.ClassifierFunction;
import dev.wakebox.functions.classifierpredict.MentorModel.Alternative;
import dev.wakebox.functions.classifierpredict.MentorModel.Reply;
import dev.wakebox.graphql.CallerHeaders;
import dev.wakebox.graphql.GraphQl;
import dev.wakebox.mentors.MentorSource;
import dev.wakebox.mentors.UserQuestion;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.S3ObjectStore;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** {@code GET /classifier/questions}: answers a user's question with a recorded answer of the mentor. */
public final class ClassifierPredictHandler extends ClassifierFunction {
    /** Bytes of models in memory: a hundred mentors of the usual size. */
    private static final long CACHE = 64 << 20;

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final GraphQl.Limits REPORT = new GraphQl.Limits(Duration.ofSeconds(2), Duration.ofSeconds(2));

    private final Models<MentorModel> models;
    private final Encoder encoder;
    private final Reports reports;
    private final OptionalDouble threshold;
    private final IntUnaryOperator choice;

    /** Reads {@code MODELS_BUCKET} and, if set, {@code OFF_TOPIC_THRESHOLD} and {@code GRAPHQL_ENDPOINT}. */
    public ClassifierPredictHandler() {
        this(
                Encoder.open(),
                new Reports(MentorSource.graphQl(REPORT), PATIENCE),
                offTopicThreshold(Environment.optional("OFF_TOPIC_THRESHOLD")));
        if (Environment.optional("AWS_LAMBDA_INITIALIZATION_TYPE")
                .filter("provisioned-concurrency"::equals)
                .isPresent()) {
            prime(); // nobody waits for this environment yet
        }
    }

    private ClassifierPredictHandler(Encoder encoder, Reports reports, OptionalDouble threshold) {
        this(
                new Models<>(
                        S3ObjectStore.ofBucket(Environment.required("MODELS_BUCKET")),
                        file -> MentorModel.read(file, encoder),
                        CACHE,
                        Clock.systemUTC()),
                encoder,
                reports,
                threshold,
                bound -> ThreadLocalRandom.current().nextInt(bound));
    }

    ClassifierPredictHandler(
            Models<MentorModel> models,
            Encoder encoder,
            Reports reports,
            OptionalDouble threshold,
            IntUnaryOperator choice) {
        this.models = requireNonNull(models, "models is null");
        this.encoder = requireNonNull(encoder, "encoder is null");
        this.reports = requireNonNull(reports, "reports is null");
        this.threshold = requireNonNull(threshold, "threshold is null");
        this.choice = requireNonNull(choice, "choice is null");
    }

    @Override
    protected HttpResponse http(HttpRequest request) {
        Map<String, String> query = request.queryParameters();
        String mentor = mentor(query.get("mentor"));
        MentorModel model = models.get(mentor)
                .orElseThrow(
                        () -> new WakeboxException(ErrorCode.NOT_FOUND, "No models found for mentor " + mentor + "."));
        if (pinged(query.get("ping"))) {
            return HttpResponse.ok(Map.of("message", "Successful ping for mentor: " + mentor + "."));
        }
        String question = query.getOrDefault("query", "");
        if (question.isBlank()) {
            throw WakeboxException.invalidField("query", "The query is missing: it is the user's question.");
        }
        Optional<List<Alternative>> alternatives = Optional.ofNullable(query.get("alternatives"))
                .map(ClassifierPredictHandler::mostAlternatives)
                .map(most -> model.alternatives(question, encoder, most));
        Reply reply = model.reply(question, encoder, threshold, choice);
        Optional<String> feedbackId = reports.report(
                new UserQuestion(
                        mentor, question, reply.pick(), reply.type(), reply.confidence(), query.get("chatsessionid")),
                CallerHeaders.of(request));
        return HttpResponse.ok(PredictedAnswer.of(question, reply, feedbackId.orElse(null), alternatives));
    }

    /** The greedy route below {@code /classifier} exists for {@code questions/}. */
    @Override
    protected boolean answersRest(String rest) {
        return rest.equals("questions");
    }

    @Override
    protected HttpResponse refusal(WakeboxException e) {
        return HttpResponse.json(e.code().status(), Map.of("message", e.messageForCaller()));
    }

    /** Loads the encoder, which the event of priming never reaches: its mentor has no model. */
    @Override
    protected void prime() {
        encoder.embed("What do you do?");
    }

    private static int mostAlternatives(String given) {
        if (!given.matches("[1-9]|10")) {
            throw WakeboxException.invalidField(
                    "alternatives", "alternatives is \"" + given + "\"; it must be a whole number from 1 to 10.");
        }
        return Integer.parseInt(given);
    }

    private static boolean pinged(@Nullable String ping) {
        return ping != null && !ping.equals("false");
    }

    static OptionalDouble offTopicThreshold(Optional<String> setting) {
        try {
            return setting.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(setting.get()));
        } catch (NumberFormatException e) {
            throw new IllegalStateException(
                    "OFF_TOPIC_THRESHOLD is \"" + setting.get() + "\"; it must be a number.", e);
        }
    }
}
