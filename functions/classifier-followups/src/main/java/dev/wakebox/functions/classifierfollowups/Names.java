package dev.wakebox.functions.classifierfollowups;

import static java.util.Objects.requireNonNull;

import dev.wakebox.functions.classifierfollowups.Sentence.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Finds the names in a sentence: runs of proper nouns, and what holds such runs together. Immutable. */
final class Names {
    /** What the first word of a sentence follows that isn't the first of all. */
    private static final Set<String> QUOTES = Set.of("\"", "“", "``", ":", "'", "‘");

    private static final Set<String> NOT_OF_NAMES = Set.of("PRON", "DET", "NUM");

    /** What the tagger may take the first word of a sentence for when a name goes on after it. */
    private static final Set<String> NOUN_LIKE = Set.of("PROPN", "NOUN", "ADJ", "INTJ", "X");

    /** What it may take a rare name for before a verb. */
    private static final Set<String> MISTAKEN = Set.of("INTJ", "ADV", "X");

    private final Gazetteer gazetteer;

    Names(Gazetteer gazetteer) {
        this.gazetteer = requireNonNull(gazetteer, "gazetteer is null");
    }

    List<Name> in(Sentence sentence) {
        List<Word> words = sentence.words();
        var names = new ArrayList<Name>();
        if (sentence.text().codePoints().noneMatch(Character::isLowerCase)) {
            return names; // where all is in capitals they say nothing
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

    /** Whether the word is one of a name's own: it has a capital that nothing else explains. */
    private boolean belongs(Sentence sentence, int i) {
        Word word = sentence.words().get(i);
        if (!word.capitalized() || word.text().equals("I") || word.text().startsWith("I'")) {
            return false;
        }
        boolean given = gazetteer.givenName(withoutPossessive(word.text()));
        if (!first(sentence, i)) {
            return given || !NOT_OF_NAMES.contains(word.tag());
        }
        boolean whole = sentence.words().stream().anyMatch(Word::verb); // "Stubborn and curious." names nobody
        if ((word.is("PROPN") && whole) || (given && !word.verb() && !NOT_OF_NAMES.contains(word.tag()))) {
            return true;
        }
        return (NOUN_LIKE.contains(word.tag()) && i + 1 < sentence.words().size() && belongs(sentence, i + 1))
                || (MISTAKEN.contains(word.tag()) && Clues.peopleDo(sentence.lower(i + 1)));
    }

    /** Where a capital says nothing. */
    private static boolean first(Sentence sentence, int i) {
        return i == 0 || QUOTES.contains(sentence.lower(i - 1));
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
            case "." -> gazetteer.title(sentence.lower(i - 1));
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

    /** A number that is one, not the first word of "24th Infantry". */
    private static boolean ordinary(Sentence sentence, int i) {
        return Character.isDigit(sentence.lower(i).charAt(sentence.lower(i).length() - 1));
    }

    private static String withoutPossessive(String name) {
        return name.endsWith("'s") || name.endsWith("’s") ? name.substring(0, name.length() - 2) : name;
    }
}
