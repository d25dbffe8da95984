package dev.wakebox.functions.train;

import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Bytes that were sent as base64, with or without the prefix {@code data:…;base64,} of a browser's file reader.
 *
 * @param text the base64 without the prefix
 */
record Base64Data(String text, byte[] bytes) {
    private static final Pattern DATA_URL = Pattern.compile("data:[^,]{0,200};base64,");

    /** Empty when it isn't base64. */
    static Optional<Base64Data> of(String sent) {
        var prefix = DATA_URL.matcher(sent);
        String text = (prefix.lookingAt() ? sent.substring(prefix.end()) : sent).strip();
        try {
            return Optional.of(new Base64Data(text, Base64.getDecoder().decode(text)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
