package dev.wakebox.local.graphql;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The types that the server knows, as far as they are asked for. */
final class Schema {
    private static final String SCALAR = "";

    /** By type and field, the type of the field. */
    private static final Map<String, Map<String, String>> TYPES = Map.ofEntries(
            type(
                    "Query",
                    "mentor Mentor",
                    "userQuestions UserQuestionConnection",
                    "categoryAnswers CategoryAnswer",
                    "me Me"),
            type("Mutation", "updateMentorTraining Mentor", "userQuestionCreate UserQuestion"),
            type("Me", "mentor Mentor"),
            type("CategoryAnswer", "answerText", "questionText"),
            type(
                    "Mentor",
                    "_id",
                    "name",
                    "mentorType",
                    "questions SubjectQuestion",
                    "answers Answer",
                    "orphanedCompleteAnswers Answer"),
            type("SubjectQuestion", "question Question", "topics Topic"),
            type("Topic", "_id", "name"),
            type(
                    "Answer",
                    "_id",
                    "status",
                    "transcript",
                    "markdownTranscript",
                    "hasEditedTranscript",
                    "question Question",
                    "webMedia Media",
                    "mobileMedia Media",
                    "vttMedia Media"),
            type("Question", "_id", "question", "type", "name", "paraphrases"),
            type("Media", "type", "tag", "url"),
            type("UserQuestionConnection", "edges UserQuestionEdge"),
            type("UserQuestionEdge", "node UserQuestion"),
            type("UserQuestion", "_id", "question", "graderAnswer Answer"));

    private Schema() {}

    /**
     * Those fields of a value that are asked for.
     *
     * @throws IllegalArgumentException when the type has no such field, or a field isn't asked for as its type wants
     */
    static @Nullable Object select(@Nullable Object value, String type, List<Selection> selections) {
        if (selections.isEmpty() != type.equals(SCALAR)) {
            throw new IllegalArgumentException(
                    "A field of type \"" + (type.isEmpty() ? "scalar" : type) + "\" is asked for in the wrong way.");
        }
        for (Selection selection : selections) {
            var _ = select(null, typeOf(selection, type), selection.of()); // null values are no excuse
        }
        if (value instanceof List<?> list && !type.equals(SCALAR)) {
            return list.stream()
                    .map(element -> select(element, type, selections))
                    .toList();
        }
        if (value instanceof Map<?, ?> object && !type.equals(SCALAR)) {
            var selected = new LinkedHashMap<String, @Nullable Object>();
            for (Selection selection : selections) {
                selected.put(
                        selection.field(),
                        select(object.get(selection.field()), typeOf(selection, type), selection.of()));
            }
            return selected;
        }
        return value;
    }

    private static String typeOf(Selection selection, String parent) {
        String type = TYPES.getOrDefault(parent, Map.of()).get(selection.field());
        if (type == null) {
            throw new IllegalArgumentException(
                    "Cannot query field \"" + selection.field() + "\" on type \"" + parent + "\".");
        }
        return type;
    }

    private static Map.Entry<String, Map<String, String>> type(String name, String... fields) {
        var types = new LinkedHashMap<String, String>();
        for (String field : fields) {
            String[] parts = field.split(" ", 2);
            types.put(parts[0], parts.length == 2 ? parts[1] : SCALAR);
        }
        return Map.entry(name, types);
    }
}
