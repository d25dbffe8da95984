package dev.wakebox.mentors;

import static java.util.Objects.requireNonNull;

import dev.wakebox.graphql.CallerHeaders;
import dev.wakebox.graphql.GraphQl;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.util.Map;
import java.util.Optional;

/** Reads mentors from a GraphQL server. Thread-safe. */
public final class GraphQlMentors implements Mentors {
    private static final String ANSWER = """
            fragment Recorded on Answer {
              _id status transcript markdownTranscript hasEditedTranscript
              question { _id question type name paraphrases }
              webMedia { ...Playable }
              mobileMedia { ...Playable }
              vttMedia { ...Playable }
              externalVideoIds { wistiaId paraproId }
            }
            fragment Playable on AnswerMedia { type tag url transparentVideoUrl }
            """;

    /** Only the newest gradings are read; in practice there are fewer. */
    private static final int MOST_GRADED = 5000;

    private static final String MENTOR = """
            query Mentor($id: ID!, $graded: Object, $most: Int) {
              mentor(id: $id) {
                name mentorType
                questions { question { _id } topics { name } }
                answers { ...Recorded }
                orphanedCompleteAnswers { ...Recorded }
              }
              userQuestions(filter: $graded, limit: $most) {
                edges { node { question graderAnswer { _id } } }
              }
            }
            """ + ANSWER;

    private static final String CATEGORY = """
            query CategoryAnswers($id: ID!, $category: String!) {
              mentor(id: $id) {
                name
                answers { ...Recorded }
                orphanedCompleteAnswers { ...Recorded }
              }
              categoryAnswers(category: $category, mentor: $id) { answerText questionText }
            }
            """ + ANSWER;

    private static final String OWN = """
            query Me {
              me { mentor { _id } }
            }
            """;

    private static final String MARK_TRAINED = """
            mutation UpdateMentorTraining($id: ID!) {
              updateMentorTraining(id: $id) { _id }
            }
            """;

    private static final String REPORT = """
            mutation UserQuestionCreate($userQuestion: UserQuestionCreateInput!) {
              userQuestionCreate(userQuestion: $userQuestion) { _id }
            }
            """;

    /** The input type of the server's schema. */
    private record UserQuestionCreateInput(
            String mentor,
            String question,
            String classifierAnswer,
            String classifierAnswerType,
            double confidence,
            Optional<String> chatSessionId) {}

    private final GraphQl server;

    public GraphQlMentors(GraphQl server) {
        this.server = requireNonNull(server, "server is null");
    }

    @Override
    public Mentors forOneRequest() {
        return new GraphQlMentors(server.forOneRequest());
    }

    @Override
    public Optional<Mentor> find(String id, CallerHeaders caller) {
        var data = server.ask(
                MENTOR,
                Map.of(
                        "id",
                        id,
                        "graded",
                        Map.of("mentor", id, "graderAnswer", JsonObject.of("$ne", null)),
                        "most",
                        MOST_GRADED),
                caller);
        return JsonObject.from(data.get("mentor"))
                .map(mentor -> MentorJson.read(id, mentor.with("userQuestions", data.get("userQuestions"))));
    }

    @Override
    public Optional<AnsweredCategory> category(String id, String category, CallerHeaders caller) {
        var data = server.ask(CATEGORY, Map.of("id", id, "category", category), caller);
        return JsonObject.from(data.get("mentor"))
                .map(mentor -> new AnsweredCategory(
                        MentorJson.read(id, mentor), MentorJson.categoryAnswers(data.objects("categoryAnswers"))));
    }

    @Override
    public Optional<String> own(CallerHeaders caller) {
        return server.ask(OWN, Map.of(), caller).object("me").object("mentor").optionalText("_id");
    }

    @Override
    public void markTrained(String id, CallerHeaders caller) {
        var _ = server.ask(MARK_TRAINED, Map.of("id", id), caller);
    }

    @Override
    public Optional<String> report(UserQuestion question, CallerHeaders caller) {
        var fields = new UserQuestionCreateInput(
                question.mentor(),
                question.text(),
                question.answerId(),
                question.answerType(),
                question.confidence(),
                Optional.ofNullable(question.chatSessionId()));
        Optional<String> id = server.askOnce(REPORT, Map.of("userQuestion", fields), caller)
                .object("userQuestionCreate")
                .optionalText("_id");
        if (id.isEmpty()) {
            throw new WakeboxException(ErrorCode.BAD_GATEWAY, "The GraphQL server gave no id to the user's question.");
        }
        return id;
    }
}
