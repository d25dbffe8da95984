package dev.wakebox.functions.classifierfollowups;

import static java.util.Objects.requireNonNull;

import dev.wakebox.functions.classifierfollowups.Sentence.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Finds the names in a sentence: runs of proper nouns, and the words that connect such runs. Immutable. */
final class Names {
    /** Tags and words that the beginning of a sentence may follow, apart from the start of the text. */
    private static final Set<String> QUOTES = Set.of("\"", "“", "``", ":", "'", "‘");

    private static final Set<String> NOT_OF_NAMES = Set.of("PRON", "DET", "NUM");

    /** Tags that the tagger may give to the first word of a sentence when a name continues after it. */
    private static final Set<String> NOUN_LIKE = Set.of("PROPN", "NOUN", "ADJ", "INTJ", "X");

    /** Tags that it may give to a rare name before a verb. */
    private static final Set<String> MISTAKEN = Set.of("INTJ", "ADV", "X");

    private final Gazetteer gazetteer;

    Names(Gazetteer gazetteer) {
        this.gazetteer = requireNonNull(gazetteer, "gazetteer is null");
    }

    List<Name> in(Sentence sentence) {
        List<Word> words = sentence.words();
        var names = new ArrayList<Name>();
        if (sentence.text().codePoints().noneMatch(Character::isLowerCase)) {
            return names; // in a sentence in capitals, a capital has no meaning
        }
        int from = 0;
        while (from < words.size()) {
            if (!belongs(sentence, from)) {
                from++;
                continue;
            }
            int to = from + 1;
            while (to < words.size()) {
                if (belongs(sentence, to)) {
                    to++;
                } else if (joins(sentence, from, to)) {
                    to += sentence.lower(to + 1).equals("the") ? 3 : 2;
                } else {
                    break;
                }
            }
            int start =
                    from > 0 && Character.isDigit(sentence.lower(from - 1).charAt(0)) && !ordinary(sentence, from - 1)
                            ? from - 1
                            : from;
            names.add(new Name(sentence, start, to, withoutPossessive(sentence.text(start, to))));
            from = to;
        }
        return names;
    }

    /** Whether the word belongs to a name: nothing else explains its capital. */
    private boolean belongs(Sentence sentence, int i) {
        Word word = sentence.words().get(i);
        if (!word.capitalized() || word.text().equals("I") || word.text().startsWith("I'")) {
            return false;
        }
        boolean given = gazetteer.givenName(withoutPossessive(word.text()));
        if (!first(sentence, i)) {
            return given || !NOT_OF_NAMES.contains(word.tag());
        }
        boolean whole = sentence.words().stream().anyMatch(Word::verb); // "Stubborn and curious." has no name
        if ((word.is("PROPN") && whole) || (given && !word.verb() && !NOT_OF_NAMES.contains(word.tag()))) {
            return true;
        }
        return (NOUN_LIKE.contains(word.tag()) && i + 1 < sentence.words().size() && belongs(sentence, i + 1))
                || (MISTAKEN.contains(word.tag()) && NameRules.peopleDo(sentence.lower(i + 1)));
    }

    /**
     * Whether a capital has no meaning: the abbreviation before it, such as "U.K.", may have ended a sentence, as "B."
     * does in "Plan B.".
     */
    private boolean first(Sentence sentence, int i) {
        String before = sentence.lower(i - 1);
        return i == 0
                || QUOTES.contains(before)
                || (before.endsWith(".") && before.length() > 1 && !gazetteer.abbreviationBeforeName(before));
    }

    /** "of" in "University of Michigan", "and" in "Boys and Girls Club". */
    private boolean joins(Sentence sentence, int from, int i) {
        int next = sentence.lower(i + 1).equals("the") ? i + 2 : i + 1;
        if (next >= sentence.words().size() || !belongs(sentence, next)) {
            return false;
        }
        return switch (sentence.lower(i)) {
            case "of", "&" -> true;
            case "-" -> !sentence.text(i - 1, i + 2).contains(" ");
            case "for", "without" -> gazetteer.organisation(sentence.text(from, next + 1));
            case "and" -> {
                int to = next;
                while (to < sentence.words().size() && belongs(sentence, to)) {
                    to++;
                }
                yield gazetteer.administration(sentence.lower(from))
                        || ((to - next > 1 || i - from > 1) && gazetteer.organisationWord(sentence.lower(to - 1)));
            }
            default -> false;
        };
    }

    /** Whether it is only a number, in contrast to the first word of "24th Infantry". */
    private static boolean ordinary(Sentence sentence, int i) {
        return Character.isDigit(sentence.lower(i).charAt(sentence.lower(i).length() - 1));
    }

    private static String withoutPossessive(String name) {
        return name.endsWith("'s") || name.endsWith("’s") ? name.substring(0, name.length() - 2) : name;
    }
}
