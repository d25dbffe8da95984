package dev.wakebox.bench;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.wakebox.classifier.Example;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;

/** A labelled question of a data set. */
record LabelledQuestion(String text, String label) {
    Example example() {
        return new Example(text, label, Example.Kind.PARAPHRASE);
    }

    /** @param part {@code train} or {@code test} */
    static List<LabelledQuestion> banking77(Path data, String part) throws IOException {
        var questions = new ArrayList<LabelledQuestion>();
        var format = CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get();
        try (var reader = Files.newBufferedReader(data.resolve("banking77").resolve(part + ".csv"))) {
            for (CSVRecord row : format.parse(reader)) {
                questions.add(new LabelledQuestion(row.get("text"), row.get("category")));
            }
        }
        return questions;
    }

    /** @param part {@code train}, {@code test} or {@code oos_test} */
    static List<LabelledQuestion> clinc150(Path data, String part) throws IOException {
        var parts = JSON.std.mapFrom(data.resolve("clinc150/data_full.json").toFile());
        if (!(parts.get(part) instanceof List<?> rows)) {
            throw new IOException("data_full.json has no part \"" + part + "\"");
        }
        var questions = new ArrayList<LabelledQuestion>();
        for (Object row : rows) {
            if (row instanceof List<?> pair) {
                questions.add(new LabelledQuestion(String.valueOf(pair.get(0)), String.valueOf(pair.get(1))));
            }
        }
        return questions;
    }

    /** The indexes of the given number of questions per label, drawn with a seed. */
    static List<Integer> few(List<LabelledQuestion> questions, int ofEach, long seed) {
        var places = new ArrayList<Integer>();
        for (int i = 0; i < questions.size(); i++) {
            places.add(i);
        }
        Collections.shuffle(places, new Random(seed));
        var taken = new HashMap<String, Integer>();
        places.removeIf(place -> taken.merge(questions.get(place).label(), 1, Integer::sum) > ofEach);
        return places;
    }
}
