package dev.wakebox.mentors;

import static java.util.Objects.requireNonNull;

import dev.wakebox.csv.CsvRow;
import dev.wakebox.csv.CsvRows;
import dev.wakebox.csv.CsvText;
import dev.wakebox.csv.UnreadableCsvException;
import dev.wakebox.graphql.CallerHeaders;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.StoredObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Reads mentors from files of a bucket, for deployments without a GraphQL server: {@code training-data/<mentor>.json}
 * in that server's format, or {@code training-data/<mentor>.csv} in the format of {@code GET
 * /classifier/trainingdata/<mentor>}. Records nothing. Thread-safe.
 */
public final class S3Mentors implements Mentors {
    private final ObjectStore bucket;

    public S3Mentors(ObjectStore bucket) {
        this.bucket = requireNonNull(bucket, "bucket is null");
    }

    @Override
    public Optional<Mentor> find(String id, CallerHeaders caller) {
        String file = "training-data/" + id;
        Optional<StoredObject> json = bucket.get(file + ".json");
        return json.isPresent()
                ? json.map(object -> json(id, file + ".json", object.body()))
                : bucket.get(file + ".csv").map(object -> csv(id, file + ".csv", object.body()));
    }

    /** A category is a topic of the file. */
    @Override
    public Optional<AnsweredCategory> category(String id, String category, CallerHeaders caller) {
        return find(id, caller).map(mentor -> AnsweredCategory.ofTopic(mentor, category));
    }

    @Override
    public Optional<String> own(CallerHeaders caller) {
        return Optional.empty();
    }

    @Override
    public void markTrained(String id, CallerHeaders caller) {}

    @Override
    public Optional<String> report(UserQuestion question, CallerHeaders caller) {
        return Optional.empty();
    }

    private static Mentor json(String id, String file, byte[] json) {
        try {
            return MentorJson.read(id, json);
        } catch (WakeboxException e) {
            throw unusable(file, requireNonNull(e.getMessage()), e);
        }
    }

    /** Rows whose id is the name of a situation, such as {@code _OFF_TOPIC_}, are utterances. */
    private static Mentor csv(String id, String file, byte[] csv) {
        try {
            var answers = new ArrayList<Answer>();
            var said = new HashMap<String, String>();
            CsvRows rows = CsvText.of(file, csv, TrainingData.COLUMNS).rows();
            Map<String, Integer> columns = columns(file, rows);
            for (CsvRow row : rows) {
                Answer answer = answer(row, columns, said.keySet());
                if (answer.id().isEmpty()) {
                    throw unusable(file, "Line " + row.line() + " has no id.", null);
                }
                String before = said.putIfAbsent(answer.id(), answer.transcript());
                if (before != null && !before.equals(answer.transcript())) {
                    throw unusable(
                            file,
                            "Line " + row.line() + " has the id \"" + answer.id()
                                    + "\" of another answer: give each its own.",
                            null);
                }
                answers.add(answer);
            }
            return new Mentor(id, "", answers, List.of());
        } catch (UnreadableCsvException e) {
            throw unusable(file, requireNonNull(e.getMessage()), e);
        }
    }

    /** The index of each required column. */
    private static Map<String, Integer> columns(String file, CsvRows rows) {
        var columns = new HashMap<String, Integer>();
        for (String column : TrainingData.COLUMNS) {
            columns.put(
                    column,
                    rows.column(column)
                            .orElseThrow(() -> unusable(
                                    file, "It has no column \"" + column + "\"; " + rows.shownHeader() + ".", null)));
        }
        return columns;
    }

    /** @param taken ids of earlier answers: a situation has several utterances, and each is an answer of its own */
    private static Answer answer(CsvRow row, Map<String, Integer> columns, Set<String> taken) {
        UnaryOperator<String> value = column -> row.get(requireNonNull(columns.get(column)));
        String id = value.apply("id").strip();
        boolean utterance = id.startsWith("_") && id.endsWith("_");
        return new Answer(
                utterance && taken.contains(id) ? id + (taken.size() + 1) : id,
                "COMPLETE",
                value.apply("answer"),
                "",
                new Question(
                        id,
                        value.apply("question"),
                        utterance ? "UTTERANCE" : "QUESTION",
                        utterance ? id : "",
                        TrainingData.split(value.apply("paraphrases"))),
                TrainingData.split(value.apply("topic")),
                Media.NONE);
    }

    private static WakeboxException unusable(String file, String why, @Nullable Throwable cause) {
        String message = "The file " + file + " cannot be used. " + why;
        return cause == null
                ? new WakeboxException(ErrorCode.INVALID_REQUEST, message)
                : new WakeboxException(ErrorCode.INVALID_REQUEST, message, cause);
    }
}
