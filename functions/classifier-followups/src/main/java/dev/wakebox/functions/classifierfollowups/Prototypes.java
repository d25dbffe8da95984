package dev.wakebox.functions.classifierfollowups;

import static java.util.Objects.requireNonNull;

import dev.wakebox.classifier.Encoder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Determines the kind of a name with the sentence encoder: it has the kind of those prototypes that are nearest in
 * meaning and in context. Thread-safe.
 */
final class Prototypes implements NameKinds {
    /** Words of the context on each side. */
    private static final int AROUND = 6;
    /** How many of a kind's nearest prototypes are averaged. */
    private static final int NEAREST = 3;
    /** The weight of the name, relative to the context. */
    private static final double WEIGHT_OF_NAMES = 0.6;

    private final Encoder encoder;
    private final Map<NameKind, List<float[]>> names;
    private final Map<NameKind, List<float[]>> contexts;

    Prototypes(Encoder encoder) {
        this.encoder = requireNonNull(encoder, "encoder is null");
        names = vectors("prototypes.csv");
        contexts = vectors("contexts.csv");
    }

    @Override
    public NameKind of(Name name) {
        float[] itself = encoder.embed((name.afterArticle() ? "the " : "") + name.text());
        Sentence sentence = name.sentence();
        int from = Math.max(0, name.from() - AROUND);
        int to = Math.min(sentence.words().size(), name.to() + AROUND);
        float[] around = encoder.embed(sentence.text(from, name.from()) + " X " + sentence.text(name.to(), to));
        NameKind best = NameKind.UNKNOWN;
        double highest = Double.NEGATIVE_INFINITY;
        for (Map.Entry<NameKind, List<float[]>> entry : names.entrySet()) {
            NameKind kind = entry.getKey();
            double score = WEIGHT_OF_NAMES * near(itself, entry.getValue())
                    + (1 - WEIGHT_OF_NAMES) * near(around, requireNonNull(contexts.get(kind)));
            if (score > highest) {
                highest = score;
                best = kind;
            }
        }
        return best;
    }

    private static double near(float[] vector, List<float[]> prototypes) {
        return prototypes.stream()
                .map(prototype -> dot(vector, prototype))
                .sorted(Comparator.reverseOrder())
                .limit(NEAREST)
                .mapToDouble(Double::doubleValue)
                .average()
                .orElseThrow();
    }

    private Map<NameKind, List<float[]>> vectors(String file) {
        var vectors = new EnumMap<NameKind, List<float[]>>(NameKind.class);
        for (String line : WordList.lines(file)) {
            int comma = line.indexOf(',');
            var of = new ArrayList<float[]>();
            for (String text : line.substring(comma + 1).split("\\|", -1)) {
                of.add(encoder.embed(text));
            }
            vectors.put(NameKind.valueOf(line.substring(0, comma).toUpperCase(Locale.ROOT)), of);
        }
        return vectors;
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
