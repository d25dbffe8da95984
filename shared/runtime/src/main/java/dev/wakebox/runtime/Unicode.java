package dev.wakebox.runtime;

import java.nio.charset.StandardCharsets;

/** Checks whether a text can be written as UTF-8: JSON allows an escaped half of a surrogate pair, which can't. */
public final class Unicode {
    private Unicode() {}

    /** Whether the text has no unpaired surrogate. */
    public static boolean isValid(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    /** @throws WakeboxException that names the request's field when its text {@linkplain #isValid is not valid} */
    public static void check(String field, String text) {
        if (!isValid(text)) {
            throw WakeboxException.invalidField(field, field + " has a character that is not valid Unicode.");
        }
    }

    /** The text with a question mark in place of each unpaired surrogate. */
    public static String repaired(String text) {
        return isValid(text) ? text : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
