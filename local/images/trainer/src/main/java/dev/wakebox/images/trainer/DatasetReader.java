package dev.wakebox.images.trainer;

import dev.wakebox.csv.CsvRow;
import dev.wakebox.csv.CsvRows;
import dev.wakebox.csv.CsvText;
import dev.wakebox.csv.UnreadableCsvException;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.MissingValues;
import dev.wakebox.storage.ObjectStore;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads the dataset of a run, from the training order or from the bucket. */
record DatasetReader(ObjectStore objects) {
    /**
     * The rows of a CSV with the columns {@code input} and {@code label}; those without an input or a label are left
     * out.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} when the rows are not sufficient for a training
     */
    DatasetRows<String> texts(TrainingSettings request) {
        return texts(
                switch (request.source()) {
                    case TrainingSettings.Source.Text(String base64) ->
                        base64(base64).orElseThrow(() -> DatasetRows.unusable("It is not valid base64."));
                    case TrainingSettings.Source.Pictures _ -> throw DatasetRows.unusable("It is not a CSV.");
                    case TrainingSettings.Source.Stored(String key) -> object(key);
                },
                request.leftOutRows());
    }

    /**
     * The pictures of {@code {label: [base64, …]}}; those that can't be decoded are left out.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} when the pictures are not sufficient for a training
     */
    DatasetRows<float[]> pictures(TrainingSettings request) {
        return pictures(
                switch (request.source()) {
                    case TrainingSettings.Source.Text _ -> throw DatasetRows.unusable("It is not an object of lists.");
                    case TrainingSettings.Source.Pictures(var byLabel) -> byLabel;
                    case TrainingSettings.Source.Stored(String key) -> json(object(key));
                });
    }

    static DatasetRows<String> texts(byte[] csv, int leftOutBefore) {
        try {
            CsvRows rows =
                    CsvText.of("the dataset", csv, List.of("input", "label")).rows();
            int input = column(rows, "input");
            int label = column(rows, "label");
            var usable = new ArrayList<Row<String>>();
            int read = 0;
            for (CsvRow row : rows) {
                read++;
                if (!MissingValues.contain(row.get(input)) && !MissingValues.contain(row.get(label))) {
                    usable.add(new Row<>(
                            row.get(input),
                            asRead(row.get(input)),
                            row.get(label).strip()));
                }
            }
            return new DatasetRows<>(usable, leftOutBefore + read - usable.size());
        } catch (UnreadableCsvException e) {
            throw DatasetRows.unusable(String.valueOf(e.getMessage()));
        }
    }

    private static DatasetRows<float[]> pictures(JsonObject byLabel) {
        var usable = new ArrayList<Row<float[]>>();
        int read = 0;
        for (var entry : byLabel.entrySet()) {
            if (!(entry.getValue() instanceof List<?> pictures)) {
                throw DatasetRows.unusable("\"" + entry.getKey() + "\" is not a list of images.");
            }
            for (Object picture : pictures) {
                read++;
                base64(String.valueOf(picture))
                        .flatMap(Picture::numbers)
                        .ifPresent(
                                numbers -> usable.add(new Row<>(numbers, FloatBuffer.wrap(numbers), entry.getKey())));
            }
        }
        return new DatasetRows<>(usable, read - usable.size());
    }

    private static int column(CsvRows rows, String name) {
        return rows.column(name)
                .orElseThrow(() -> DatasetRows.unusable(
                        "It needs two columns with names \"input\" and \"label\"; " + rows.shownHeader() + "."));
    }

    /** Ignores case and blanks, because the encoder does. */
    private static String asRead(String text) {
        return text.strip().replaceAll("\\s++", " ").toLowerCase(Locale.ROOT);
    }

    private byte[] object(String key) {
        return objects.get(key)
                .orElseThrow(() -> DatasetRows.unusable("There is no object \"" + key + "\" in the bucket."))
                .body();
    }

    private static JsonObject json(byte[] json) {
        try {
            return Json.object(json);
        } catch (WakeboxException e) {
            throw DatasetRows.unusable(String.valueOf(e.getMessage()));
        }
    }

    private static Optional<byte[]> base64(String text) {
        try {
            return Optional.of(Base64.getDecoder().decode(text.strip()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
