package dev.wakebox.local.graphql;

import dev.wakebox.runtime.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** The data of the stand-in: mentors, and recorded calls about them. Thread-safe. */
final class MentorData {
    private final Map<String, JsonObject> mentors = new ConcurrentHashMap<>();
    private final Map<String, Integer> trained = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<JsonObject> userQuestions = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Map<String, String>> trainTasks = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> authorizations = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> origins = new ConcurrentLinkedQueue<>();

    void put(String id, Map<String, ? extends @Nullable Object> mentor) {
        mentors.put(id, JsonObject.copyOf(mentor).with("_id", id));
    }

    void called(@Nullable String authorization, @Nullable String origin) {
        if (authorization != null) {
            authorizations.add(authorization);
        }
        if (origin != null) {
            origins.add(origin);
        }
    }

    JsonObject notes() {
        return JsonObject.of("trained", Map.copyOf(trained))
                .with("trainTasks", List.copyOf(trainTasks))
                .with("userQuestions", List.copyOf(userQuestions))
                .with("authorizations", List.copyOf(authorizations))
                .with("origins", List.copyOf(origins));
    }

    @Nullable
    JsonObject mentor(String id) {
        JsonObject mentor = mentors.get(id);
        return mentor == null ? null : mentor.with("lastTrainStatus", lastTrainStatus(id));
    }

    boolean mayEdit(String id, Sender sender) {
        return sender.mayEdit(id, mentors.getOrDefault(id, JsonObject.of()).texts("editors"));
    }

    JsonObject gradedQuestions(String mentor) {
        return JsonObject.of(
                "edges",
                mentors.getOrDefault(mentor, JsonObject.of()).objects("userQuestions").stream()
                        .map(node -> JsonObject.of("node", node))
                        .toList());
    }

    /** The answers to the questions of a topic; here a category is the name of a topic. */
    List<JsonObject> categoryAnswers(String id, String category) {
        JsonObject mentor = mentors.getOrDefault(id, JsonObject.of());
        var questions = mentor.objects("questions").stream()
                .filter(question -> question.objects("topics").stream()
                        .anyMatch(topic -> topic.text("name").equals(category)))
                .map(question -> question.object("question").text("_id"))
                .toList();
        return mentor.objects("answers").stream()
                .filter(answer -> answer.text("status").equals("COMPLETE"))
                .filter(answer -> questions.contains(answer.object("question").text("_id")))
                .map(answer -> JsonObject.of("answerText", answer.get("transcript"))
                        .with("questionText", answer.object("question").get("question")))
                .toList();
    }

    @Nullable
    JsonObject markTrained(String mentor) {
        trained.merge(mentor, 1, Integer::sum);
        return mentor(mentor);
    }

    /** Records a status. As on the server, an id with a wrong format is replaced by a new one. */
    Map<String, String> noteTrainTask(String id, String mentor, String status) {
        if (!mentors.containsKey(mentor)) {
            throw new IllegalArgumentException("No mentor with id " + mentor);
        }
        String own = id.matches("[0-9a-fA-F]{24}")
                ? id
                : UUID.randomUUID().toString().replace("-", "").substring(0, 24);
        var task = Map.of("_id", own, "mentor", mentor, "status", status);
        trainTasks.add(task);
        return task;
    }

    /** The current state of the task. */
    @Nullable
    Map<String, String> trainTask(String id) {
        return trainTasks.stream()
                .filter(task -> id.equals(task.get("_id")))
                .reduce((_, later) -> later)
                .orElse(null);
    }

    JsonObject noteUserQuestion(Map<String, ? extends @Nullable Object> question) {
        var noted = JsonObject.of("_id", UUID.randomUUID().toString()).withAll(question);
        userQuestions.add(noted);
        return noted;
    }

    private String lastTrainStatus(String mentor) {
        return trainTasks.stream()
                .filter(task -> mentor.equals(task.get("mentor")))
                .reduce((_, later) -> later)
                .map(task -> String.valueOf(task.get("status")))
                .orElse("NONE");
    }
}
