package dev.wakebox.mentors;

import dev.wakebox.mentors.Mentor.GradedQuestion;
import dev.wakebox.runtime.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A mentor in the JSON of the GraphQL server, which is also that of files and of what a model carries. */
public final class MentorJson {
    private MentorJson() {}

    /** Reads a mentor from JSON text. */
    public static Mentor read(String id, byte[] json) {
        return read(id, Json.object(json));
    }

    /** Reads a mentor. What is null or missing is empty; an answer without an id or a question is left out. */
    static Mentor read(String id, Map<?, ?> mentor) {
        Map<String, Set<String>> topics = new HashMap<>();
        for (Map<?, ?> entry : objects(mentor.get("questions"))) {
            Set<String> names =
                    topics.computeIfAbsent(text(object(entry.get("question")).get("_id")), _ -> new LinkedHashSet<>());
            objects(entry.get("topics")).forEach(topic -> names.add(text(topic.get("name"))));
        }
        var answers = new LinkedHashMap<String, Answer>();
        for (String list : List.of("answers", "orphanedCompleteAnswers")) {
            for (Map<?, ?> answer : objects(mentor.get(list))) {
                if (!text(answer.get("_id")).isEmpty() && answer.get("question") instanceof Map<?, ?> question) {
                    answers.putIfAbsent(text(answer.get("_id")), answer(answer, question, topics));
                }
            }
        }
        return new Mentor(
                id,
                text(mentor.get("name")),
                List.copyOf(answers.values()),
                graded(object(mentor.get("userQuestions")).get("edges")));
    }

    /** What {@link #read} reads, without the users' questions: what is needed to answer. */
    public static byte[] write(Mentor mentor) {
        var answers = new ArrayList<Map<String, @Nullable Object>>();
        var questions = new ArrayList<Map<String, @Nullable Object>>();
        for (Answer answer : mentor.answers()) {
            var question = new LinkedHashMap<String, @Nullable Object>();
            question.put("_id", answer.question().id());
            question.put("question", answer.question().text());
            question.put("type", answer.question().type());
            question.put("name", answer.question().name());
            question.put("paraphrases", answer.question().paraphrases());
            var written = new LinkedHashMap<String, @Nullable Object>();
            written.put("_id", answer.id());
            written.put("status", answer.status());
            written.put("transcript", answer.transcript());
            written.put("markdownTranscript", answer.markdown());
            written.put("question", question);
            written.put("webMedia", answer.media().web());
            written.put("mobileMedia", answer.media().mobile());
            written.put("vttMedia", answer.media().vtt());
            answers.add(written);
            if (!answer.topics().isEmpty()) {
                questions.add(Map.of(
                        "question",
                        Map.of("_id", answer.question().id()),
                        "topics",
                        answer.topics().stream()
                                .map(topic -> Map.of("name", topic))
                                .toList()));
            }
        }
        var written = new LinkedHashMap<String, @Nullable Object>();
        written.put("name", mentor.name());
        written.put("questions", questions);
        written.put("answers", answers);
        return Json.bytes(written);
    }

    /** What was said in answer to the questions of a category. */
    static List<String> categoryAnswers(@Nullable Object answers) {
        return objects(answers).stream()
                .map(answer -> text(answer.get("answerText")))
                .filter(text -> !text.isBlank())
                .toList();
    }

    private static Answer answer(Map<?, ?> answer, Map<?, ?> question, Map<String, Set<String>> topics) {
        String questionId = text(question.get("_id"));
        String status = text(answer.get("status"));
        return new Answer(
                text(answer.get("_id")),
                status.isEmpty() ? "COMPLETE" : status,
                text(answer.get("transcript")),
                text(answer.get("markdownTranscript")),
                new Question(
                        questionId,
                        text(question.get("question")),
                        text(question.get("type")),
                        text(question.get("name")),
                        texts(question.get("paraphrases"))),
                List.copyOf(topics.getOrDefault(questionId, Set.of())),
                new Media(
                        media(answer.get("webMedia")),
                        media(answer.get("mobileMedia")),
                        media(answer.get("vttMedia"))));
    }

    private static List<GradedQuestion> graded(@Nullable Object edges) {
        var graded = new ArrayList<GradedQuestion>();
        for (Map<?, ?> edge : objects(edges)) {
            Map<?, ?> node = object(edge.get("node"));
            String answer = text(object(node.get("graderAnswer")).get("_id"));
            if (!answer.isEmpty()) {
                graded.add(new GradedQuestion(text(node.get("question")), answer));
            }
        }
        return graded;
    }

    @SuppressWarnings("unchecked") // keys of a parsed JSON object are strings
    private static @Nullable Map<String, @Nullable Object> media(@Nullable Object value) {
        return value instanceof Map<?, ?> media && !text(media.get("url")).isEmpty()
                ? (Map<String, @Nullable Object>) media
                : null;
    }

    private static List<Map<?, ?>> objects(@Nullable Object value) {
        var objects = new ArrayList<Map<?, ?>>();
        if (value instanceof List<?> list) {
            for (Object element : list) {
                if (element instanceof Map<?, ?> object) {
                    objects.add(object);
                }
            }
        }
        return objects;
    }

    private static Map<?, ?> object(@Nullable Object value) {
        return value instanceof Map<?, ?> object ? object : Map.of();
    }

    private static List<String> texts(@Nullable Object value) {
        return value instanceof List<?> list
                ? list.stream()
                        .map(MentorJson::text)
                        .filter(text -> !text.isBlank())
                        .toList()
                : List.of();
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }
}
