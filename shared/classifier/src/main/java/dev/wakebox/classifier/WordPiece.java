package dev.wakebox.classifier;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** BERT's tokenizer for lower-case English: converts a text into ids of words and word pieces. Immutable. */
final class WordPiece {
    private static final int MAX_WORD = 100;

    private final Map<String, Integer> ids;
    private final int unknown;
    private final int start;
    private final int end;

    /** @param vocabulary the tokens in the order of their ids; a piece that continues a word begins with ## */
    WordPiece(List<String> vocabulary) {
        ids = HashMap.newHashMap(vocabulary.size());
        for (int id = 0; id < vocabulary.size(); id++) {
            ids.put(vocabulary.get(id), id);
        }
        unknown = special("[UNK]");
        start = special("[CLS]");
        end = special("[SEP]");
    }

    /** The ids of at most {@code limit} tokens, including the start and end markers. */
    long[] encode(String text, int limit) {
        var tokens = new ArrayList<Integer>();
        tokens.add(start);
        for (String word : words(normalize(text))) {
            addPieces(word, tokens);
            if (tokens.size() >= limit) {
                break;
            }
        }
        int kept = Math.min(tokens.size(), limit - 1);
        var encoded = new long[kept + 1];
        for (int i = 0; i < kept; i++) {
            encoded[i] = tokens.get(i);
        }
        encoded[kept] = end;
        return encoded;
    }

    private int special(String token) {
        Integer id = ids.get(token);
        if (id == null) {
            throw new IllegalArgumentException("The vocabulary has no token " + token);
        }
        return id;
    }

    private void addPieces(String word, List<Integer> tokens) {
        if (word.codePointCount(0, word.length()) > MAX_WORD) {
            tokens.add(unknown);
            return;
        }
        int before = tokens.size();
        int from = 0;
        while (from < word.length()) {
            int to = word.length();
            Integer piece = null;
            while (to > from) {
                String candidate = word.substring(from, to);
                piece = ids.get(from == 0 ? candidate : "##" + candidate);
                if (piece != null) {
                    break;
                }
                to = word.offsetByCodePoints(to, -1);
            }
            if (piece == null) {
                tokens.subList(before, tokens.size()).clear();
                tokens.add(unknown);
                return;
            }
            tokens.add(piece);
            from = to;
        }
    }

    /** Removes accents and control characters, converts to lower case, and puts spaces around Chinese characters. */
    private static String normalize(String text) {
        var cleaned = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (isBlank(c)) {
                cleaned.append(' ');
            } else if (isChinese(c)) {
                cleaned.append(' ').appendCodePoint(c).append(' ');
            } else if (!isControl(c)) {
                cleaned.appendCodePoint(c);
            }
        });
        var normalized = new StringBuilder(cleaned.length());
        Normalizer.normalize(cleaned, Normalizer.Form.NFD).codePoints().forEach(c -> {
            if (Character.getType(c) != Character.NON_SPACING_MARK) {
                normalized.appendCodePoint(Character.toLowerCase(c));
            }
        });
        return normalized.toString();
    }

    /** Splits at spaces; each punctuation mark is a word of its own. */
    private static List<String> words(String text) {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        text.codePoints().forEach(c -> {
            boolean punctuation = isPunctuation(c);
            if (punctuation || isBlank(c)) {
                if (!word.isEmpty()) {
                    words.add(word.toString());
                    word.setLength(0);
                }
                if (punctuation) {
                    words.add(Character.toString(c));
                }
            } else {
                word.appendCodePoint(c);
            }
        });
        if (!word.isEmpty()) {
            words.add(word.toString());
        }
        return words;
    }

    private static boolean isBlank(int c) {
        return c == '\t' || c == '\n' || c == '\r' || Character.isSpaceChar(c);
    }

    private static boolean isControl(int c) {
        return c == 0xFFFD
                || switch (Character.getType(c)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.UNASSIGNED,
                            Character.PRIVATE_USE,
                            Character.SURROGATE -> true;
                    default -> false;
                };
    }

    private static boolean isPunctuation(int c) {
        if (c < 128) {
            return c > ' ' && c < 127 && !Character.isLetterOrDigit(c);
        }
        return switch (Character.getType(c)) {
            case Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION -> true;
            default -> false;
        };
    }

    private static boolean isChinese(int c) {
        return (c >= 0x4E00 && c <= 0x9FFF)
                || (c >= 0x3400 && c <= 0x4DBF)
                || (c >= 0x20000 && c <= 0x2A6DF)
                || (c >= 0x2A700 && c <= 0x2B73F)
                || (c >= 0x2B740 && c <= 0x2B81F)
                || (c >= 0x2B820 && c <= 0x2CEAF)
                || (c >= 0xF900 && c <= 0xFAFF)
                || (c >= 0x2F800 && c <= 0x2FA1F);
    }
}
