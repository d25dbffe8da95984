package dev.wakebox.compute.execution;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/** Finds the known name that a misspelt one probably means. */
public final class Spelling {
    private static final int LONGEST = 80;
    private static final int SHORTEST = 3;
    private static final int SHORTEST_PART = 4;

    private Spelling() {}

    /** {@code "; did you mean x?"} with the nearest known name; empty if none is near. */
    public static String suggestion(Collection<String> known, String given) {
        return nearest(known, given).map(name -> "; did you mean " + name + "?").orElse("");
    }

    /** The known name that differs from a given one by a few letters only. */
    static Optional<String> alike(Collection<String> known, String given) {
        String word = bare(given);
        if (word.length() < SHORTEST || given.length() > LONGEST) {
            return Optional.empty();
        }
        return first(known, word, name -> distance(bare(name), word) <= Math.min(3, (word.length() + 1) / 4));
    }

    private static Optional<String> nearest(Collection<String> known, String given) {
        String word = bare(given);
        return alike(known, given)
                .or(() -> given.length() > LONGEST
                        ? Optional.empty()
                        : first(known, word, name -> isPart(bare(name), word)));
    }

    private static Optional<String> first(Collection<String> known, String word, Predicate<String> probable) {
        return known.stream()
                .filter(probable)
                .min(Comparator.<String>comparingInt(name -> distance(bare(name), word))
                        .thenComparing(Comparator.naturalOrder()));
    }

    private static boolean isPart(String name, String word) {
        return Math.min(name.length(), word.length()) >= SHORTEST_PART && (name.contains(word) || word.contains(name));
    }

    private static String bare(String name) {
        return name.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "").replace(" ", "");
    }

    /** The Levenshtein distance: how many letters must be inserted, removed or changed. */
    private static int distance(String from, String to) {
        int[] before = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            before[column] = column;
        }
        for (int row = 1; row <= from.length(); row++) {
            int[] now = new int[to.length() + 1];
            now[0] = row;
            for (int column = 1; column <= to.length(); column++) {
                int change = from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1;
                now[column] = Math.min(before[column - 1] + change, 1 + Math.min(before[column], now[column - 1]));
            }
            before = now;
        }
        return before[to.length()];
    }
}
