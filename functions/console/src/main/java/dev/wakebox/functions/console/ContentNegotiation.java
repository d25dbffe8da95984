package dev.wakebox.functions.console;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Chooses the encoding of an answer by {@code Accept-Encoding}.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#name-accept-encoding">RFC 9110, 12.5.3</a>
 */
final class ContentNegotiation {
    static final String IDENTITY = "identity";

    /** The smallest first. */
    private static final List<String> PREFERRED = List.of("br", "gzip");

    private ContentNegotiation() {}

    /**
     * The smallest of the available encodings that the client accepts. {@code identity} if there is none, also when the client
     * refuses that: a readable answer serves it better than a 406.
     */
    static String best(String acceptEncoding, Set<String> available) {
        Map<String, Boolean> accepted = accepted(acceptEncoding);
        return PREFERRED.stream()
                .filter(available::contains)
                .filter(encoding -> accepted.getOrDefault(encoding, accepted.getOrDefault("*", false)))
                .findFirst()
                .orElse(IDENTITY);
    }

    /** Whether each encoding that the header names is accepted: its weight is not 0. */
    private static Map<String, Boolean> accepted(String header) {
        var accepted = new HashMap<String, Boolean>();
        for (String part : header.toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] words = part.split(";", 2);
            boolean refused = words.length > 1 && words[1].strip().matches("q\\s*=\\s*0(\\.0{0,3})?");
            accepted.put(words[0].strip(), !refused);
        }
        return accepted;
    }
}
