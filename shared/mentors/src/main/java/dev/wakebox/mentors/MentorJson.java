package dev.wakebox.mentors;

import dev.wakebox.mentors.Mentor.GradedQuestion;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads and writes a mentor as JSON: in the format of the GraphQL server, which files and models also use. */
public final class MentorJson {
    private MentorJson() {}

    /** Reads a mentor from JSON text. */
    public static Mentor read(String id, byte[] json) {
        return read(id, Json.object(json));
    }

    /** Reads a mentor. Null or missing values become empty; an answer without an id or a question is left out. */
    static Mentor read(String id, JsonObject mentor) {
        Map<String, Set<String>> topics = new HashMap<>();
        for (JsonObject entry : mentor.objects("questions")) {
            Set<String> names =
                    topics.computeIfAbsent(entry.object("question").asText("_id"), _ -> new LinkedHashSet<>());
            entry.objects("topics").forEach(topic -> names.add(topic.asText("name")));
        }
        var answers = new LinkedHashMap<String, Answer>();
        for (String list : List.of("answers", "orphanedCompleteAnswers")) {
            for (JsonObject answer : mentor.objects(list)) {
                String answerId = answer.asText("_id");
                if (!answerId.isEmpty() && answer.hasObject("question")) {
                    answers.putIfAbsent(answerId, answer(answer, answer.object("question"), topics));
                }
            }
        }
        return new Mentor(
                id,
                mentor.asText("name"),
                List.copyOf(answers.values()),
                graded(mentor.object("userQuestions").objects("edges")));
    }

    /** Writes the parts of a mentor that are needed to answer questions: everything except users' questions. */
    public static byte[] write(Mentor mentor) {
        var answers = new ArrayList<JsonObject>();
        var questions = new ArrayList<Map<String, ?>>();
        for (Answer answer : mentor.answers()) {
            answers.add(written(answer));
            if (!answer.topics().isEmpty()) {
                var topics = answer.topics().stream()
                        .map(topic -> Map.of("name", topic))
                        .toList();
                questions.add(Map.of("question", Map.of("_id", answer.question().id()), "topics", topics));
            }
        }
        return Json.bytes(JsonObject.of("name", mentor.name())
                .with("questions", questions)
                .with("answers", answers));
    }

    private static JsonObject written(Answer answer) {
        Question question = answer.question();
        Media media = answer.media();
        return JsonObject.of("_id", answer.id())
                .with("status", answer.status())
                .with("transcript", answer.transcript())
                .with("markdownTranscript", answer.markdown())
                .with(
                        "question",
                        JsonObject.of("_id", question.id())
                                .with("question", question.text())
                                .with("type", question.type())
                                .with("name", question.name())
                                .with("paraphrases", question.paraphrases()))
                .with("webMedia", media.web())
                .with("mobileMedia", media.mobile())
                .with("vttMedia", media.vtt())
                .with("externalVideoIds", media.externalVideoIds());
    }

    /** The transcripts of the answers to the questions of a category. */
    static List<String> categoryAnswers(List<JsonObject> answers) {
        return answers.stream()
                .map(answer -> answer.asText("answerText"))
                .filter(text -> !text.isBlank())
                .toList();
    }

    private static Answer answer(JsonObject answer, JsonObject question, Map<String, Set<String>> topics) {
        String questionId = question.asText("_id");
        String status = answer.asText("status");
        return new Answer(
                answer.asText("_id"),
                status.isEmpty() ? "COMPLETE" : status,
                answer.asText("transcript"),
                answer.asText("markdownTranscript"),
                new Question(
                        questionId,
                        question.asText("question"),
                        question.asText("type"),
                        question.asText("name"),
                        texts(question.list("paraphrases"))),
                List.copyOf(topics.getOrDefault(questionId, Set.of())),
                new Media(
                        media(answer.object("webMedia")),
                        media(answer.object("mobileMedia")),
                        media(answer.object("vttMedia")),
                        answer.object("externalVideoIds")));
    }

    private static List<GradedQuestion> graded(List<JsonObject> edges) {
        var graded = new ArrayList<GradedQuestion>();
        for (JsonObject edge : edges) {
            JsonObject node = edge.object("node");
            String answer = node.object("graderAnswer").asText("_id");
            if (!answer.isEmpty()) {
                graded.add(new GradedQuestion(node.asText("question"), answer));
            }
        }
        return graded;
    }

    private static @Nullable JsonObject media(JsonObject media) {
        return media.asText("url").isEmpty() ? null : media;
    }

    private static List<String> texts(List<? extends @Nullable Object> values) {
        return values.stream()
                .map(value -> value == null ? "" : value.toString())
                .filter(text -> !text.isBlank())
                .toList();
    }
}
