package dev.wakebox.functions.classifierfollowups;

import java.util.List;
import java.util.Locale;

/** A sentence and its words. */
record Sentence(String text, List<Word> words) {
    /**
     * A word or a punctuation mark.
     *
     * @param tag its part of speech in Universal Dependencies; a contraction has both, joined by a plus
     * @param start its offset in the sentence
     */
    record Word(String text, String tag, int start) {
        boolean is(String partOfSpeech) {
            return tag.equals(partOfSpeech);
        }

        boolean capitalized() {
            return Character.isUpperCase(text.codePointAt(0));
        }

        String lower() {
            return text.toLowerCase(Locale.ROOT);
        }

        boolean verb() {
            return tag.startsWith("VERB") || tag.startsWith("AUX");
        }
    }

    Sentence {
        words = List.copyOf(words);
    }

    /** The word in lower case; empty before the first and after the last. */
    String lower(int i) {
        return i < 0 || i >= words.size() ? "" : words.get(i).lower();
    }

    /** The text from one word up to, but without, another. */
    String text(int from, int to) {
        if (from >= to) {
            return "";
        }
        Word last = words.get(to - 1);
        return text.substring(
                words.get(from).start(), last.start() + last.text().length());
    }
}
