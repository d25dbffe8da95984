package dev.wakebox.mentors;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.ObjectStore;
import dev.wakebox.storage.StoredObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * The mentors of a bucket, where there is no GraphQL server: {@code training-data/<mentor>.json} in that server's form,
 * or {@code training-data/<mentor>.csv} as {@code GET /classifier/trainingdata/<mentor>} gives it. Nothing is noted
 * there. Thread-safe.
 */
public final class S3Mentors implements Mentors {
    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .setIgnoreEmptyLines(true)
            .get();

    private final ObjectStore bucket;

    public S3Mentors(ObjectStore bucket) {
        this.bucket = requireNonNull(bucket, "bucket is null");
    }

    @Override
    public Optional<Mentor> find(String id, @Nullable String authorization) {
        String file = "training-data/" + id;
        Optional<StoredObject> json = bucket.get(file + ".json");
        return json.isPresent()
                ? json.map(object -> json(id, file + ".json", object.body()))
                : bucket.get(file + ".csv").map(object -> csv(id, file + ".csv", object.body()));
    }

    /** A category is a topic there. */
    @Override
    public Optional<AnsweredCategory> category(String id, String category, @Nullable String authorization) {
        return find(id, authorization).map(mentor -> AnsweredCategory.ofTopic(mentor, category));
    }

    @Override
    public Optional<String> own(@Nullable String authorization) {
        return Optional.empty();
    }

    @Override
    public void markTrained(String id, @Nullable String authorization) {}

    @Override
    public Optional<String> report(UserQuestion question) {
        return Optional.empty();
    }

    private static Mentor json(String id, String file, byte[] json) {
        try {
            return MentorJson.read(id, json);
        } catch (WakeboxException e) {
            throw unusable(file, requireNonNull(e.getMessage()), e);
        }
    }

    /** Rows whose id is an occasion, such as {@code _OFF_TOPIC_}, are utterances. */
    private static Mentor csv(String id, String file, byte[] csv) {
        var answers = new ArrayList<Answer>();
        var said = new HashMap<String, String>();
        String text = new String(csv, StandardCharsets.UTF_8);
        try (CSVParser rows = CSVParser.parse(text.startsWith("\uFEFF") ? text.substring(1) : text, FORMAT)) {
            for (String column : TrainingData.COLUMNS) {
                if (!rows.getHeaderMap().containsKey(column)) {
                    throw unusable(file, "It has no column \"" + column + "\".", null);
                }
            }
            for (CSVRecord row : rows) {
                String which = "The row that ends at line " + rows.getCurrentLineNumber();
                if (!row.isConsistent()) {
                    throw unusable(file, which + " has not as many values as the header.", null);
                }
                Answer answer = answer(row, said.keySet());
                if (answer.id().isEmpty()) {
                    throw unusable(file, which + " has no id.", null);
                }
                String before = said.putIfAbsent(answer.id(), answer.transcript());
                if (before != null && !before.equals(answer.transcript())) {
                    throw unusable(
                            file,
                            which + " has the id \"" + answer.id() + "\" of another answer: give each its own.",
                            null);
                }
                answers.add(answer);
            }
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            throw unusable(file, "It is not a well-formed CSV.", e);
        }
        return new Mentor(id, "", answers, List.of());
    }

    /** @param taken ids of answers before it: an occasion has several utterances, each of them an answer of its own */
    private static Answer answer(CSVRecord row, Set<String> taken) {
        String id = row.get("id").strip();
        boolean utterance = id.startsWith("_") && id.endsWith("_");
        return new Answer(
                utterance && taken.contains(id) ? id + row.getRecordNumber() : id,
                "COMPLETE",
                row.get("answer"),
                "",
                new Question(
                        id,
                        row.get("question"),
                        utterance ? "UTTERANCE" : "QUESTION",
                        utterance ? id : "",
                        TrainingData.split(row.get("paraphrases"))),
                TrainingData.split(row.get("topic")),
                Media.NONE);
    }

    private static WakeboxException unusable(String file, String why, @Nullable Throwable cause) {
        String message = "The file " + file + " cannot be used. " + why;
        return cause == null
                ? new WakeboxException(ErrorCode.INVALID_REQUEST, message)
                : new WakeboxException(ErrorCode.INVALID_REQUEST, message, cause);
    }
}
