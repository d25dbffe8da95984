package dev.wakebox.functions.classifierfollowups;

import java.util.List;

/**
 * A name in a sentence.
 *
 * @param from the index of its first word
 * @param to the index after its last word
 * @param text as written, without an article or a possessive ending
 */
record Name(Sentence sentence, int from, int to, String text) {
    /** Its words in lower case, without the full stops of abbreviations. */
    List<String> words() {
        return List.of(WordList.key(text).split(" ", -1)).stream()
                .map(WordList::key)
                .toList();
    }

    boolean afterArticle() {
        return sentence.lower(from - 1).equals("the");
    }
}
