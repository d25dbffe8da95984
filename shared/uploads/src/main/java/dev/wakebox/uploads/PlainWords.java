package dev.wakebox.uploads;

import static java.util.stream.Collectors.joining;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * Makes text of other people safe for our mails: one line, without links, addresses and invisible characters. Only
 * words of names and reasons remain.
 */
public final class PlainWords {
    private static final int LONGEST_NAME = 80;
    private static final int LONGEST_FILENAME = 200;
    private static final int LONGEST_SENTENCE = 300;
    private static final String NAMELESS = "video";

    /** Other dots that programs accept in place of the dots of a domain. */
    private static final Pattern DOTS =
            Pattern.compile("[\\u3002\\uFF61\\u2024\\uFE52\\u00B7\\u2022\\u2027\\u2219\\u22C5\\u2E31\\u06D4]");

    private static final Pattern DOTS_IN_A_ROW = Pattern.compile("\\.+");

    private static final Pattern SPACE = Pattern.compile("[\\p{Cc}\\p{Z}]+");

    /**
     * Format characters (bidirectional marks, zero width), private-use and unassigned ones, fillers and variation
     * selectors.
     */
    private static final Pattern UNSEEN = Pattern.compile(
            "[\\p{Cf}\\p{Co}\\p{Cn}\\p{Cs}\\u034F\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F\\u2800\\u3164\\uFFA0\\x{FE00}-\\x{FE0F}\\x{E0100}-\\x{E01EF}]+");

    /** Links, addresses, and encoded words of mail headers (RFC 2047), which mail programs decode in a subject. */
    private static final Pattern LINK = Pattern.compile(
            ":/|//|\\\\\\\\|@|=\\?|\\?=|^\\W*(?:www\\.|(?:https?|ftp|mailto|tel|sms|data|javascript|file):)|\\.www\\.",
            Pattern.CASE_INSENSITIVE);

    /**
     * A domain such as {@code example.org}. Its last part has letters, so {@code 2026.11.28} and {@code J.R.} don't
     * match.
     */
    private static final Pattern DOMAIN = Pattern.compile("\\S\\.\\p{L}[\\p{L}\\p{M}\\p{N}-]");

    /** As in {@code 192.0.2.1/login}, and alone. */
    private static final Pattern IP_ADDRESS = Pattern.compile(
            "(?<![\\d.])(?:\\d{1,3}\\.){3}\\d{1,3}(?![\\d.])|\\[(?:\\p{XDigit}{0,4}:){2,7}[\\p{XDigit}.]{0,15}]");

    /** As in {@code skype:eve}, where another program than a browser follows the link. */
    private static final Pattern SCHEME = Pattern.compile("(?<=\\p{L}[\\p{L}\\p{N}+-]{1,40}):(?=\\S)");

    private static final Pattern ENDING = Pattern.compile("\\.(?=\\d*[A-Za-z])[A-Za-z0-9]{1,10}");

    private PlainWords() {}

    /** A person's name; empty when nothing remains. */
    static String name(String text) {
        return shortened(words(text), LONGEST_NAME);
    }

    /** A file name with its extension. */
    static String filename(String text) {
        int dot = text.lastIndexOf('.');
        String ending = dot >= 0 ? UNSEEN.matcher(text.substring(dot)).replaceAll("") : "";
        if (!ENDING.matcher(ending).matches()) {
            return filename(words(text), "");
        }
        return filename(words(text.substring(0, dot)), ending);
    }

    private static String filename(String base, String ending) {
        return shortened(base.isEmpty() ? NAMELESS : base, LONGEST_FILENAME) + ending;
    }

    /** A sentence such as a reason; empty when nothing remains. */
    public static String sentence(String text) {
        return shortened(words(text), LONGEST_SENTENCE);
    }

    private static String words(String text) {
        String seen = UNSEEN.matcher(text).replaceAll("");
        String plain =
                DOTS.matcher(Normalizer.normalize(seen, Normalizer.Form.NFKC)).replaceAll(".");
        String line = SPACE.matcher(UNSEEN.matcher(plain).replaceAll("")).replaceAll(" ");
        return Arrays.stream(line.split(" "))
                .filter(word -> !LINK.matcher(word).find())
                .filter(word -> !IP_ADDRESS.matcher(word).find())
                .map(PlainWords::unlinked)
                .filter(word -> !word.isEmpty())
                .collect(joining(" "));
    }

    /**
     * Removes a domain with a path, which is a link, and splits a domain alone into its parts, and the link of another
     * scheme.
     */
    private static String unlinked(String word) {
        if (!DOMAIN.matcher(word).find()) {
            return SCHEME.matcher(word).replaceAll(": ");
        }
        return word.contains("/") || word.contains(":") || word.contains("?") || word.contains("#")
                ? ""
                : DOTS_IN_A_ROW.matcher(word).replaceAll(" ").strip();
    }

    private static String shortened(String text, int longest) {
        return text.codePointCount(0, text.length()) <= longest
                ? text
                : text.substring(0, text.offsetByCodePoints(0, longest - 1)).strip() + "…";
    }
}
