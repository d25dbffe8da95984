package dev.wakebox.images.trainer;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.MissingValues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/** The usable rows of a CSV with the columns {@code input} and {@code label}. */
record Dataset(List<Row> rows) {
    /** What to learn from, and what to measure with. */
    record Split(List<Row> train, List<Row> heldOut) {}

    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .setAllowMissingColumnNames(true)
            .setIgnoreEmptyLines(true)
            .get();

    /**
     * Reads a CSV; rows without an input or a label are left out.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} when nothing can be learned from it
     */
    static Dataset parse(byte[] csv) {
        var rows = new ArrayList<Row>();
        try (CSVParser records = CSVParser.parse(withoutMark(utf8(csv)), FORMAT)) {
            if (!records.getHeaderMap().keySet().containsAll(Set.of("input", "label"))) {
                throw unusable("it needs two columns with names \"input\" and \"label\"", null);
            }
            for (CSVRecord record : records) {
                if (record.size() != records.getHeaderNames().size()) {
                    throw unusable(
                            "the row that ends at line " + records.getCurrentLineNumber()
                                    + " has not as many columns as the header",
                            null);
                }
                if (!MissingValues.contain(record.get("input")) && !MissingValues.contain(record.get("label"))) {
                    rows.add(new Row(record.get("input"), record.get("label").strip()));
                }
            }
        } catch (UncheckedIOException | IOException | IllegalArgumentException e) {
            throw unusable("it is not a well-formed CSV", e);
        }
        var dataset = new Dataset(List.copyOf(rows));
        if (dataset.labels().size() < 2) {
            throw unusable("a classifier needs rows of at least two labels", null);
        }
        return dataset;
    }

    /** The labels, sorted. */
    List<String> labels() {
        var labels = new TreeSet<String>();
        rows.forEach(row -> labels.add(row.label()));
        return List.copyOf(labels);
    }

    /**
     * Shuffles and splits so that each label has its share on both sides, to within a row, and at least one row to
     * learn from.
     */
    Split split(int heldOutPercent, Random random) {
        Map<String, List<Row>> byLabel = new TreeMap<>();
        rows.forEach(row ->
                byLabel.computeIfAbsent(row.label(), _ -> new ArrayList<>()).add(row));
        var train = new ArrayList<Row>();
        var heldOut = new ArrayList<Row>();
        int seen = 0;
        for (List<Row> group : byLabel.values()) {
            Collections.shuffle(group, random);
            seen += group.size();
            // what rounding cost one label, the next one makes good
            long due = Math.round(seen * (heldOutPercent / 100.0)) - heldOut.size();
            int taken = Math.clamp(due, 0, group.size() - 1);
            heldOut.addAll(group.subList(0, taken));
            train.addAll(group.subList(taken, group.size()));
        }
        return new Split(train, heldOut);
    }

    private static String utf8(byte[] csv) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(csv))
                    .toString();
        } catch (CharacterCodingException e) {
            throw unusable("it is not UTF-8", e);
        }
    }

    /** Spreadsheets put a byte-order mark first. */
    private static String withoutMark(String csv) {
        return csv.startsWith("\uFEFF") ? csv.substring(1) : csv;
    }

    private static WakeboxException unusable(String why, @Nullable Throwable cause) {
        String message = "The dataset cannot be used: " + why + ".";
        return cause == null
                ? new WakeboxException(ErrorCode.INVALID_REQUEST, message)
                : new WakeboxException(ErrorCode.INVALID_REQUEST, message, cause);
    }
}
