package dev.wakebox.csv;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The header of a CSV file.
 *
 * @param line the number of its first line, from 1
 * @param names as written in the file
 */
record CsvHeader(long line, List<String> names) {
    private static final int MOST_SHOWN = 8;
    private static final int LONGEST_SHOWN = 40;
    private static final Pattern BLANKS_AROUND = Pattern.compile("^[\\s\\p{Z}\\uFEFF]++|[\\s\\p{Z}\\uFEFF]++$");

    CsvHeader {
        names = List.copyOf(requireNonNull(names, "names is null"));
    }

    /**
     * The index of a column, as {@link CsvRows#column} describes it.
     *
     * @param file the name of the file in messages
     * @throws UnreadableCsvException when several columns have this name
     */
    OptionalInt column(String name, String file) {
        List<Integer> places = places(name::equals);
        if (places.isEmpty()) {
            places = places(written -> matches(written, name));
        }
        if (places.size() > 1) {
            throw new UnreadableCsvException(
                    "Line " + line + " of " + file + " names the column \"" + name + "\" more than once.");
        }
        return places.isEmpty() ? OptionalInt.empty() : OptionalInt.of(places.getFirst());
    }

    /** Quotes the header, shortened for a message. */
    String shown() {
        return names.stream()
                .limit(MOST_SHOWN)
                .map(CsvHeader::shown)
                .collect(Collectors.joining(", ", "line " + line + " has ", names.size() > MOST_SHOWN ? ", …" : ""));
    }

    static boolean matches(String written, String name) {
        return trimmed(written).equalsIgnoreCase(name);
    }

    private List<Integer> places(Predicate<String> named) {
        return IntStream.range(0, names.size())
                .filter(place -> named.test(names.get(place)))
                .boxed()
                .toList();
    }

    private static String shown(String name) {
        String trimmed = trimmed(name);
        return "\"" + (trimmed.length() > LONGEST_SHOWN ? trimmed.substring(0, LONGEST_SHOWN) + "…" : trimmed) + "\"";
    }

    private static String trimmed(String name) {
        return BLANKS_AROUND.matcher(name).replaceAll("");
    }
}
