package dev.wakebox.local.ec2;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes answers of EC2: a map is a structure, a list has {@code <item>} elements, all other values are text. */
final class Xml {
    private static final Pattern NOT_XML =
            Pattern.compile("[^\\t\\n\\r\\x{20}-\\x{D7FF}\\x{E000}-\\x{FFFD}\\x{10000}-\\x{10FFFF}]");

    private Xml() {}

    static byte[] response(String operation, String requestId, Map<?, ?> members) {
        String root = operation + "Response";
        return document("<" + root + " xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">"
                + element("requestId", requestId) + content(members) + "</" + root + ">");
    }

    static byte[] error(String code, String message, String requestId) {
        return document(element(
                "Response",
                Map.of("Errors", Map.of("Error", Map.of("Code", code, "Message", message)), "RequestID", requestId)));
    }

    private static byte[] document(String root) {
        return ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + root).getBytes(StandardCharsets.UTF_8);
    }

    private static String element(String name, Object value) {
        return "<" + name + ">" + content(value) + "</" + name + ">";
    }

    private static String content(Object value) {
        return switch (value) {
            case Map<?, ?> members ->
                members.entrySet().stream()
                        .map(member -> element((String) member.getKey(), member.getValue()))
                        .collect(Collectors.joining());
            case List<?> items ->
                items.stream().map(item -> element("item", item)).collect(Collectors.joining());
            default ->
                NOT_XML.matcher(value.toString())
                        .replaceAll("\uFFFD")
                        .replace("&", "&amp;")
                        .replace("<", "&lt;")
                        .replace(">", "&gt;")
                        .replace("\r", "&#13;");
        };
    }
}
