package dev.wakebox.csv;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Recognises files that are not UTF-8 text. */
final class CsvContent {
    private static final int LONGEST_START = 64;

    /** A file type and its first bytes in hex. */
    private record Signature(String type, Pattern start) {}

    private static final List<Signature> SIGNATURES = List.of(
            signature("an Excel workbook (.xlsx) or another ZIP file", "504b0304"),
            signature("an Excel workbook (.xls)", "d0cf11e0a1b11ae1"),
            signature("a PDF", "255044462d"),
            signature("compressed with gzip", "1f8b08"),
            // ASCII as UTF-16 or UTF-32 without a byte-order mark: one or three of four bytes are 0.
            signature("UTF-32 text", "fffe0000|0000feff|(?:(?!00)[0-9a-f]{2}000000){4}|(?:000000(?!00)[0-9a-f]{2}){4}"),
            signature("UTF-16 text", "fffe|feff|(?:(?!00)[0-9a-f]{2}00){8}|(?:00(?!00)[0-9a-f]{2}){8}"));

    private static final Pattern MARKUP = Pattern.compile(
            "\\s*+<(?:!doctype|html|head|body|table|div|pre|center|h[1-6]|script|meta|title|\\?xml|!--).*+",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private static final Pattern JSON = Pattern.compile("\\s*+(?:\\{\\s*+[\"}]|\\[\\s*+[\\[{\\]]).*+", Pattern.DOTALL);

    private CsvContent() {}

    /** The kind of a file that is not text, to complete the sentence "The file is …"; empty for text. */
    static Optional<String> foreign(byte[] bytes) {
        String start = HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, LONGEST_START));
        for (Signature signature : SIGNATURES) {
            if (signature.start().matcher(start).lookingAt()) {
                return Optional.of(signature.type());
            }
        }
        int offset = start.startsWith("efbbbf") ? 3 : 0;
        String text =
                new String(bytes, offset, Math.min(bytes.length - offset, LONGEST_START), StandardCharsets.ISO_8859_1);
        if (MARKUP.matcher(text).matches()) {
            return Optional.of("an HTML or XML page");
        }
        return JSON.matcher(text).matches() ? Optional.of("JSON") : Optional.empty();
    }

    /** The line of the first byte that is not UTF-8; 0 when there is none. */
    static long firstLineNotUtf8(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        CharBuffer chars = CharBuffer.allocate(8192);
        while (true) {
            var result = decoder.decode(rest, chars.clear(), true);
            if (result.isError()) {
                String before = new String(bytes, 0, rest.position(), StandardCharsets.UTF_8);
                return before.concat("x").lines().count();
            }
            if (result.isUnderflow()) {
                return 0;
            }
        }
    }

    private static Signature signature(String type, String hex) {
        return new Signature(type, Pattern.compile(hex));
    }
}
