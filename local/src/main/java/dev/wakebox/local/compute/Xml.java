package dev.wakebox.local.compute;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers of EC2: a map is a structure, a list holds {@code <item>}s, null is left out, all else is text. */
final class Xml {
    private static final String DECLARATION = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

    private Xml() {}

    static byte[] response(String operation, String requestId, Map<String, ? extends @Nullable Object> members) {
        var xml = new StringBuilder(DECLARATION);
        xml.append('<').append(operation).append("Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">");
        element(xml, "requestId", requestId);
        members.forEach((name, value) -> element(xml, name, value));
        xml.append("</").append(operation).append("Response>");
        return xml.toString().getBytes(StandardCharsets.UTF_8);
    }

    static byte[] error(String code, String message, String requestId) {
        var xml = new StringBuilder(DECLARATION);
        element(
                xml,
                "Response",
                Members.of("Errors", Map.of("Error", Members.of("Code", code).and("Message", message)))
                        .and("RequestID", requestId));
        return xml.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void element(StringBuilder xml, String name, @Nullable Object value) {
        if (value == null) {
            return;
        }
        xml.append('<').append(name).append('>');
        switch (value) {
            case Map<?, ?> members -> members.forEach((key, member) -> element(xml, String.valueOf(key), member));
            case List<?> items -> items.forEach(item -> element(xml, "item", item));
            default -> text(xml, value.toString());
        }
        xml.append("</").append(name).append('>');
    }

    private static void text(StringBuilder xml, String text) {
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> xml.append("&amp;");
                case '<' -> xml.append("&lt;");
                case '>' -> xml.append("&gt;");
                case '\r' -> xml.append("&#13;");
                default -> xml.appendCodePoint(isXml(c) ? c : 0xFFFD);
            }
        });
    }

    private static boolean isXml(int c) {
        return c == '\t' || c == '\n' || (c >= 0x20 && c <= 0xD7FF) || (c >= 0xE000 && c != 0xFFFE && c != 0xFFFF);
    }
}
