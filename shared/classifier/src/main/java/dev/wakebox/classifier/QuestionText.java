package dev.wakebox.classifier;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/** Normalises a question in two ways, in training and in serving alike: for the encoder, and as a key. */
public final class QuestionText {
    /** The maximum length; the encoder reads a hundred words at most. */
    private static final int MAX_LENGTH = 2_000;

    private static final Pattern BLANK = Pattern.compile("[\\p{Z}\\p{Cc}]+");
    private static final Pattern NOT_OF_A_WORD = Pattern.compile("[^\\p{L}\\p{M}\\p{Nd} ]");
    private static final Pattern BLANKS = Pattern.compile(" +");

    private QuestionText() {}

    /** The text for the encoder: composed characters, and one space for each run of white space. */
    public static String clean(String text) {
        String composed = Normalizer.normalize(start(text), Normalizer.Form.NFC);
        return BLANK.matcher(composed).replaceAll(" ").strip();
    }

    /** The key by which questions are equal: letters and digits in lower case, with single spaces between words. */
    public static String key(String text) {
        String folded = clean(text).toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
        return BLANKS.matcher(NOT_OF_A_WORD.matcher(folded).replaceAll(""))
                .replaceAll(" ")
                .strip();
    }

    private static String start(String text) {
        if (text.length() <= MAX_LENGTH) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(MAX_LENGTH - 1)) ? MAX_LENGTH - 1 : MAX_LENGTH;
        return text.substring(0, end);
    }
}
