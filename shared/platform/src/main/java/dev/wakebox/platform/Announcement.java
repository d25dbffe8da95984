package dev.wakebox.platform;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The headers of an answer that describe its body.
 *
 * @param contentType as sent, without characters beyond ASCII; that of arbitrary bytes when there is none
 * @param gzips how often the body is compressed with gzip, after the other encodings; at most twice
 * @param encoding the rest of {@code Content-Encoding} in lower case; empty for none
 * @param length of the transferred bytes; -1 when unknown
 * @param chunked whether the body itself marks its end
 * @param sha256 in lower-case hex
 * @param md5 in base64
 */
record Announcement(
        String contentType,
        int gzips,
        String encoding,
        long length,
        boolean chunked,
        @Nullable String sha256,
        @Nullable String md5) {
    private static final Pattern SHA_256 = Pattern.compile("(?i)\\bsha-256=:?([A-Za-z0-9+/]{43}=):?");
    private static final Pattern MD5 = Pattern.compile("(?i)\\bmd5=([A-Za-z0-9+/]{22}==)");
    /**
     * {@code aws-chunked} remains from an upload to an S3-compatible store; the body of the answer isn't encoded so.
     */
    private static final Set<String> NONE = Set.of("", "identity", "aws-chunked");

    private static final Set<String> GZIP = Set.of("gzip", "x-gzip");
    /** Each one more multiplies the time that a few bytes can take. */
    private static final int MOST_GZIPS = 2;

    private static final int MOST_ENCODINGS = 10;
    /** A token of RFC 9110; the names in IANA's registry are shorter than 20 characters. */
    private static final Pattern ENCODING = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{0,40}");

    private static final String ARBITRARY = "application/octet-stream";
    private static final int LONGEST_TYPE = 200;
    private static final Pattern LENGTH = Pattern.compile("\\d{1,18}");

    Announcement {
        requireNonNull(contentType, "contentType is null");
        requireNonNull(encoding, "encoding is null");
    }

    static Announcement of(HttpURLConnection answer) {
        List<String> encodings = encodings(answer);
        int inner = encodings.size();
        while (inner > 0 && encodings.size() - inner < MOST_GZIPS && GZIP.contains(encodings.get(inner - 1))) {
            inner--;
        }
        return new Announcement(
                type(answer.getContentType()),
                encodings.size() - inner,
                String.join(", ", encodings.subList(0, inner)),
                length(answer),
                !joined(answer, "Transfer-Encoding").isEmpty(),
                sha256(answer),
                md5(answer, !encodings.isEmpty()));
    }

    /** S3 stores printable ASCII only, and limits its length. */
    private static String type(@Nullable String sent) {
        String type = sent == null ? "" : sent.replaceAll("[^ -~]", "").strip();
        return type.isEmpty() || type.length() > LONGEST_TYPE ? ARBITRARY : type;
    }

    /**
     * The encodings in the order in which they were applied.
     *
     * @throws PlatformFailure when one is not a name
     */
    private static List<String> encodings(HttpURLConnection answer) {
        List<String> sent = elements(answer, "Content-Encoding");
        if (sent.size() > MOST_ENCODINGS || !allMatch(ENCODING, sent)) {
            throw new PlatformFailure(
                    ErrorCode.BAD_GATEWAY,
                    "The platform's answer has no clear Content-Encoding, so its bytes cannot be read.",
                    null,
                    null);
        }
        var encodings = new ArrayList<String>();
        for (String each : sent) {
            String encoding = each.toLowerCase(Locale.ROOT);
            if (!NONE.contains(encoding)) {
                encodings.add(encoding);
            }
        }
        return encodings;
    }

    /**
     * The value of Content-Length, or -1 for none.
     *
     * @throws PlatformFailure when there are different values, or one is not a number
     */
    static long length(HttpURLConnection answer) {
        var lengths = new HashSet<>(elements(answer, "Content-Length"));
        if (lengths.size() > 1 || !allMatch(LENGTH, lengths)) {
            throw new PlatformFailure(
                    ErrorCode.BAD_GATEWAY,
                    "The platform's answer has no clear Content-Length (" + joined(answer, "Content-Length")
                            + "), so its end is unknown.",
                    null,
                    null);
        }
        return lengths.isEmpty() ? -1 : Long.parseLong(lengths.iterator().next());
    }

    /** The values of a header; its name may be in any case. */
    static List<String> all(HttpURLConnection answer, String name) {
        var values = new ArrayList<String>();
        for (Map.Entry<String, List<String>> header : answer.getHeaderFields().entrySet()) {
            if (name.equalsIgnoreCase(header.getKey())) {
                values.addAll(header.getValue());
            }
        }
        return values;
    }

    /** The elements of a header's values, which commas separate. */
    private static List<String> elements(HttpURLConnection answer, String name) {
        var elements = new ArrayList<String>();
        for (String value : all(answer, name)) {
            for (String element : value.split(",", -1)) {
                elements.add(element.strip());
            }
        }
        return elements;
    }

    private static boolean allMatch(Pattern pattern, Collection<String> texts) {
        for (String text : texts) {
            if (!pattern.matcher(text).matches()) {
                return false;
            }
        }
        return true;
    }

    boolean isGzip() {
        return gzips > 0;
    }

    private static @Nullable String sha256(HttpURLConnection answer) {
        for (String header : List.of("Repr-Digest", "Content-Digest", "Digest")) {
            var match = SHA_256.matcher(joined(answer, header));
            if (match.find()) {
                return HexFormat.of().formatHex(Base64.getDecoder().decode(match.group(1)));
            }
        }
        return null;
    }

    private static @Nullable String md5(HttpURLConnection answer, boolean encoded) {
        var match = MD5.matcher("md5=" + joined(answer, "Content-MD5"));
        if (match.find()) {
            return match.group(1);
        }
        // for an object stored compressed, Cloud Storage sends the hash of the compressed bytes
        String stored = joined(answer, "x-goog-stored-content-encoding");
        var google = MD5.matcher(joined(answer, "x-goog-hash"));
        return (encoded || stored.isEmpty() || stored.equals("identity")) && google.find() ? google.group(1) : null;
    }

    private static String joined(HttpURLConnection answer, String name) {
        return String.join(",", elements(answer, name));
    }
}
