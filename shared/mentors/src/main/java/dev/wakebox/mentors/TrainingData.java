package dev.wakebox.mentors;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.apache.commons.csv.CSVFormat;

/**
 * Writes the training data of a mentor as a CSV: one answer per row, with {@code |} between paraphrases and between
 * topics.
 */
public final class TrainingData {
    static final List<String> COLUMNS = List.of("id", "question", "paraphrases", "answer", "topic");

    private static final String SEPARATOR = "|";

    private TrainingData() {}

    /**
     * The CSV of the answers to questions. The id of a row is the id of the question; it is the id of the answer if the
     * question has no id or another answer already uses it.
     */
    public static String csv(Mentor mentor) {
        var csv = new StringBuilder(row(COLUMNS.toArray()));
        var taken = new HashSet<String>();
        for (Answer answer : mentor.answersToQuestions()) {
            String question = answer.question().id().strip();
            String id = question.isEmpty() || taken.contains(question) ? answer.id() : question;
            taken.add(id);
            csv.append(row(
                    id,
                    answer.question().text(),
                    String.join(SEPARATOR, answer.question().paraphrases()),
                    answer.transcript(),
                    String.join(SEPARATOR, answer.topics())));
        }
        return csv.toString();
    }

    private static String row(Object... values) {
        return CSVFormat.RFC4180.format(values) + "\r\n";
    }

    static List<String> split(String value) {
        return Arrays.stream(value.split("\\|", -1))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }
}
