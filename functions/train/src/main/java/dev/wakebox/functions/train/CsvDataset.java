package dev.wakebox.functions.train;

import static java.util.Objects.requireNonNull;

import dev.wakebox.csv.CsvRow;
import dev.wakebox.csv.CsvRows;
import dev.wakebox.csv.CsvText;
import dev.wakebox.csv.UnreadableCsvException;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.status.MissingValues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.jspecify.annotations.Nullable;

/**
 * The rules for a CSV of texts ({@code input}) and labels ({@code label}).
 *
 * <p>The front end relies on the behaviour of pandas, so the same rules apply: the same spellings of "not available",
 * blank lines are ignored, other columns are allowed, and the inputs are "not texts" when pandas would read the whole
 * column as numbers or booleans. One question that is a number ("911") among texts is a text. Blank and NA rows are
 * dropped before labels and rows are counted.
 */
final class CsvDataset {
    private static final int MAX_ROWS = 10_000;
    private static final int MIN_CLASSES = 2;
    private static final String INPUT = "input";
    private static final String LABEL = "label";
    private static final List<String> COLUMNS = List.of(INPUT, LABEL);
    private static final CSVFormat FORMAT =
            CSVFormat.DEFAULT.builder().setRecordSeparator('\n').get();

    private static final Pattern NUMBER_OR_BOOLEAN = Pattern.compile(
            "[+-]?+(?:\\d++(?:\\.\\d*+)?+|\\.\\d++)(?:[eE][+-]?+\\d++)?+|[+-]?+[iI]nf(?:inity)?+|[Tt]rue|TRUE|[Ff]alse|FALSE");

    private CsvDataset() {}

    /**
     * Checks every rule, and writes the remaining rows in the one format that every trainer reads, whatever the
     * separator and the spelling of the header in the file.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} on the field {@code dataset} that names the first broken rule
     */
    static Dataset.Texts texts(byte[] csv) {
        try {
            return texts(CsvText.of("the dataset", csv, COLUMNS).rows());
        } catch (UnreadableCsvException e) {
            throw refused(e.getMessage());
        }
    }

    private static Dataset.Texts texts(CsvRows rows) {
        checkHeader(rows);
        int input = rows.column(INPUT).orElseThrow();
        int label = rows.column(LABEL).orElseThrow();
        boolean anyInput = false;
        boolean anyText = false;
        int read = 0;
        int kept = 0;
        var labels = new HashSet<String>();
        var usable = new StringBuilder();
        print(usable, INPUT, LABEL);
        for (CsvRow row : rows) {
            read++;
            String text = row.get(input).strip();
            if (MissingValues.contain(text)) {
                continue;
            }
            anyInput = true;
            anyText |= !NUMBER_OR_BOOLEAN.matcher(text).matches();
            String name = row.get(label).strip();
            if (!MissingValues.contain(name)) {
                kept++;
                labels.add(name);
                print(usable, row.get(input), name);
            }
        }
        if (anyInput && !anyText) {
            throw refused("Input column entries should be of type \"string\"");
        }
        if (kept == 0) {
            throw refused("The dataset contains invalid entries"
                    + (read == 0 ? ": there are no rows below its header." : ""));
        }
        if (labels.size() < MIN_CLASSES) {
            throw refused("The dataset should contain a minimum of two classes");
        }
        if (kept > MAX_ROWS) {
            throw refused("The dataset can contain atmost 10,000 rows");
        }
        return new Dataset.Texts(usable.toString().getBytes(StandardCharsets.UTF_8), labels.size(), read - kept);
    }

    private static void checkHeader(CsvRows rows) {
        boolean input = rows.column(INPUT).isPresent();
        boolean label = rows.column(LABEL).isPresent();
        if (!input && !label) {
            throw refused("Dataset should have two columns with names \"input\" and \"label\"; " + rows.shownHeader());
        }
        if (!input || !label) {
            throw refused(
                    "Dataset does not have a column named \"" + (input ? LABEL : INPUT) + "\"; " + rows.shownHeader());
        }
    }

    private static void print(StringBuilder csv, String input, String label) {
        try {
            FORMAT.printRecord(csv, input, label);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static WakeboxException refused(@Nullable String message) {
        return WakeboxException.invalidField(Dataset.FIELD, requireNonNull(message));
    }
}
