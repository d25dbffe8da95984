package dev.wakebox.images.trainer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The words and pairs of neighbouring words of the training texts, each with its inverse document frequency: turns a
 * text into an L2-normalised tf-idf vector. Immutable.
 */
final class Vocabulary {
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+");

    private final List<String> terms;
    private final float[] idf;
    private final Map<String, Integer> places;

    private Vocabulary(List<String> terms, float[] idf) {
        this.terms = terms;
        this.idf = idf;
        this.places = HashMap.newHashMap(terms.size());
        for (int place = 0; place < terms.size(); place++) {
            places.put(terms.get(place), place);
        }
    }

    /** The vocabulary of these texts; past {@code limit} terms the ones in the fewest texts are left out. */
    static Vocabulary of(List<String> texts, int limit) {
        var frequencies = new HashMap<String, Integer>();
        for (String text : texts) {
            new HashSet<>(termsOf(text)).forEach(term -> frequencies.merge(term, 1, Integer::sum));
        }
        List<Map.Entry<String, Integer>> kept = frequencies.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(limit)
                .toList();
        var idf = new float[kept.size()];
        for (int place = 0; place < idf.length; place++) {
            idf[place] = (float)
                    (Math.log((1.0 + texts.size()) / (1.0 + kept.get(place).getValue())) + 1);
        }
        return new Vocabulary(kept.stream().map(Map.Entry::getKey).toList(), idf);
    }

    List<String> terms() {
        return terms;
    }

    float[] idf() {
        return idf.clone();
    }

    /** The text's vector, with a last feature that is always 1 and whose weights are the bias. */
    SparseVector vector(String text) {
        var counts = new TreeMap<Integer, Integer>();
        for (String term : termsOf(text)) {
            Integer place = places.get(term);
            if (place != null) {
                counts.merge(place, 1, Integer::sum);
            }
        }
        var index = new int[counts.size() + 1];
        var value = new float[counts.size() + 1];
        int next = 0;
        double squares = 0;
        for (var count : counts.entrySet()) {
            index[next] = count.getKey();
            value[next] = count.getValue() * idf[count.getKey()];
            squares += value[next] * value[next];
            next++;
        }
        for (int i = 0; i < next; i++) {
            value[i] /= (float) Math.sqrt(squares);
        }
        index[next] = terms.size();
        value[next] = 1;
        return new SparseVector(index, value);
    }

    private static List<String> termsOf(String text) {
        List<String> words = WORD.matcher(text.toLowerCase(Locale.ROOT))
                .results()
                .map(MatchResult::group)
                .toList();
        var terms = new ArrayList<>(words);
        for (int second = 1; second < words.size(); second++) {
            terms.add(words.get(second - 1) + " " + words.get(second));
        }
        return terms;
    }
}
