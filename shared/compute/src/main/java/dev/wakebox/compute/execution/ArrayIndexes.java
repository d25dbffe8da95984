package dev.wakebox.compute.execution;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Some of the indexes of an array, written as numbers and ranges: {@code 3,17,40-52}. Immutable.
 *
 * @param values in ascending order, each once
 */
public record ArrayIndexes(List<Integer> values) {
    /** As in api/execution.schema.json. */
    private static final Pattern FORM = Pattern.compile("\\d{1,4}(-\\d{1,4})?(,\\d{1,4}(-\\d{1,4})?)*");

    public ArrayIndexes {
        values = List.copyOf(values);
    }

    /** The indexes from 0 up to a number, without it. */
    static ArrayIndexes below(int size) {
        var all = new ArrayList<Integer>();
        for (int index = 0; index < size; index++) {
            all.add(index);
        }
        return new ArrayIndexes(all);
    }

    public static ArrayIndexes of(Collection<Integer> values) {
        return new ArrayIndexes(new ArrayList<>(new TreeSet<>(values)));
    }

    /** Reads a text; empty if it is no list of indexes, or a range ends before it begins. */
    public static Optional<ArrayIndexes> read(String text) {
        if (!FORM.matcher(text).matches()) {
            return Optional.empty();
        }
        SortedSet<Integer> found = new TreeSet<>();
        for (String part : text.split(",", -1)) {
            String[] ends = part.split("-", -1);
            int first = Integer.parseInt(ends[0]);
            int last = Integer.parseInt(ends[ends.length - 1]);
            if (last < first) {
                return Optional.empty();
            }
            for (int index = first; index <= last; index++) {
                found.add(index);
            }
        }
        return Optional.of(of(found));
    }

    /** The shortest text that {@link #read} understands. */
    @Override
    public String toString() {
        var text = new StringBuilder();
        for (int i = 0; i < values.size(); i++) {
            int first = values.get(i);
            while (i + 1 < values.size() && values.get(i + 1) == values.get(i) + 1) {
                i++;
            }
            int last = values.get(i);
            text.append(text.isEmpty() ? "" : ",").append(first).append(last > first ? "-" + last : "");
        }
        return text.toString();
    }
}
