package dev.wakebox.mentors;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The mentors of a GraphQL server. Thread-safe. */
public final class GraphQlMentors implements Mentors {
    private static final String ANSWER = """
            fragment Recorded on Answer {
              _id status transcript markdownTranscript hasEditedTranscript
              question { _id question type name paraphrases }
              webMedia { type tag url }
              mobileMedia { type tag url }
              vttMedia { type tag url }
            }
            """;

    /** Of an editor's gradings the newest count; there are never so many. */
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

    private final GraphQl server;

    public GraphQlMentors(GraphQl server) {
        this.server = requireNonNull(server, "server is null");
    }

    @Override
    public Mentors forOneRequest() {
        return new GraphQlMentors(server.forOneRequest());
    }

    @Override
    public Optional<Mentor> find(String id, @Nullable String authorization) {
        var graded = new HashMap<String, @Nullable Object>();
        graded.put("$ne", null);
        var data = server.ask(
                MENTOR,
                Map.of("id", id, "graded", Map.of("mentor", id, "graderAnswer", graded), "most", MOST_GRADED),
                authorization);
        if (!(data.get("mentor") instanceof Map<?, ?> mentor)) {
            return Optional.empty();
        }
        var whole = new HashMap<Object, @Nullable Object>(mentor);
        whole.put("userQuestions", data.get("userQuestions"));
        return Optional.of(MentorJson.read(id, whole));
    }

    @Override
    public Optional<AnsweredCategory> category(String id, String category, @Nullable String authorization) {
        var data = server.ask(CATEGORY, Map.of("id", id, "category", category), authorization);
        if (!(data.get("mentor") instanceof Map<?, ?> mentor)) {
            return Optional.empty();
        }
        return Optional.of(new AnsweredCategory(
                MentorJson.read(id, mentor), MentorJson.categoryAnswers(data.get("categoryAnswers"))));
    }

    @Override
    public Optional<String> own(@Nullable String authorization) {
        return server.ask(OWN, Map.of(), authorization).get("me") instanceof Map<?, ?> me
                        && me.get("mentor") instanceof Map<?, ?> mentor
                        && mentor.get("_id") instanceof String id
                ? Optional.of(id)
                : Optional.empty();
    }

    @Override
    public void markTrained(String id, @Nullable String authorization) {
        var _ = server.ask(MARK_TRAINED, Map.of("id", id), authorization);
    }

    @Override
    public Optional<String> report(UserQuestion question) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("mentor", question.mentor());
        fields.put("question", question.text());
        fields.put("classifierAnswer", question.answerId());
        fields.put("classifierAnswerType", question.answerType());
        fields.put("confidence", question.confidence());
        if (question.chatSessionId() != null) {
            fields.put("chatSessionId", question.chatSessionId());
        }
        if (server.askOnce(REPORT, Map.of("userQuestion", fields)).get("userQuestionCreate") instanceof Map<?, ?> made
                && made.get("_id") instanceof String id) {
            return Optional.of(id);
        }
        throw new WakeboxException(ErrorCode.BAD_GATEWAY, "The GraphQL server gave no id to the user's question.");
    }
}
