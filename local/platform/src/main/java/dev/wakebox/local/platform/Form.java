package dev.wakebox.local.platform;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A form of text fields and small text files, {@code multipart/form-data} (RFC 7578). */
final class Form {
    private static final Pattern TYPE =
            Pattern.compile("multipart/form-data; ?boundary=([A-Za-z0-9'()+_,./:=?-]{1,70})");
    private static final Pattern PART = Pattern.compile(
            "Content-Disposition: form-data; name=\"([^\"]+)\"(?:; filename=\"([^\"]+)\")?"
                    + "(?:\r\nContent-Type: ([^\r\n]+))?\r\n\r\n(.*)",
            Pattern.DOTALL);

    /** One field or file of a form. */
    record Part(
            String text,
            @Nullable String filename,
            @Nullable String contentType) {}

    private Form() {}

    /**
     * Reads the whole form.
     *
     * @throws IllegalArgumentException when it is malformed
     */
    static Map<String, Part> parse(@Nullable String contentType, InputStream body) throws IOException {
        Matcher type = TYPE.matcher(String.valueOf(contentType));
        if (!type.matches()) {
            throw new IllegalArgumentException("The body must be multipart/form-data");
        }
        String text = "\r\n" + new String(body.readAllBytes(), StandardCharsets.UTF_8);
        String delimiter = "\r\n--" + type.group(1);
        String end = delimiter + "--\r\n";
        if (!text.startsWith(delimiter + "\r\n") || !text.endsWith(end)) {
            throw new IllegalArgumentException("The form does not begin or end with its boundary");
        }
        var parts = new LinkedHashMap<String, Part>();
        String inner = text.substring(delimiter.length() + 2, text.length() - end.length());
        for (String one : inner.split(Pattern.quote(delimiter + "\r\n"), -1)) {
            Matcher part = PART.matcher(one);
            if (!part.matches()) {
                throw new IllegalArgumentException("A part of the form can't be read");
            }
            parts.put(part.group(1), new Part(part.group(4), part.group(2), part.group(3)));
        }
        return parts;
    }
}
