package dev.wakebox.images.trainer;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The usable rows of a dataset.
 *
 * @param leftOut number of rows that were not usable
 */
record DatasetRows<T>(List<Row<T>> rows, int leftOut) {
    /** The training rows and the held-out rows. */
    record Split<T>(List<Row<T>> train, List<Row<T>> heldOut) {}

    /** @throws WakeboxException {@code INVALID_REQUEST} when the rows are not sufficient for a training */
    DatasetRows {
        rows = List.copyOf(rows);
        if (rows.stream().map(Row::label).distinct().count() < 2) {
            throw unusable("A classifier needs usable rows of at least two labels.");
        }
    }

    /** The labels, sorted. */
    List<String> labels() {
        var labels = new TreeSet<String>();
        rows.forEach(row -> labels.add(row.label()));
        return List.copyOf(labels);
    }

    /** Number of rows that equal an earlier row of the same label. */
    int repeated() {
        var seen = new HashSet<List<Object>>();
        return (int) rows.stream()
                .filter(row -> !seen.add(List.of(row.label(), row.identity())))
                .count();
    }

    /**
     * Shuffles and splits the rows so that each label is on both sides, with at least one training row. Equal rows stay
     * on one side, because accuracy on learned rows means nothing.
     */
    Split<T> split(int heldOutPercent, Random random) {
        Map<String, Map<Object, List<Row<T>>>> byLabel = new TreeMap<>();
        rows.forEach(row -> byLabel.computeIfAbsent(row.label(), _ -> new LinkedHashMap<>())
                .computeIfAbsent(row.identity(), _ -> new ArrayList<>())
                .add(row));
        var train = new ArrayList<Row<T>>();
        var heldOut = new ArrayList<Row<T>>();
        int seen = 0;
        for (Map<Object, List<Row<T>>> copies : byLabel.values()) {
            var groups = new ArrayList<>(copies.values());
            Collections.shuffle(groups, random);
            seen += groups.stream().mapToInt(List::size).sum();
            // a later label compensates for rounding and duplicates of an earlier one
            long due = Math.round(seen * (heldOutPercent / 100.0)) - heldOut.size();
            for (List<Row<T>> group : groups) {
                boolean fits = group.size() <= due && !group.equals(groups.getLast());
                (fits ? heldOut : train).addAll(group);
                due -= fits ? group.size() : 0;
            }
        }
        return new Split<>(train, heldOut);
    }

    /** @param why a sentence */
    static WakeboxException unusable(String why) {
        return new WakeboxException(ErrorCode.INVALID_REQUEST, "The dataset cannot be used. " + why);
    }
}
