package dev.wakebox.functions.console;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.Set;

/**
 * A file of the built page, in each encoding that was made at build time.
 *
 * @param type its {@code Content-Type}
 * @param hashed whether its name has a hash of its content
 * @param contents by name of the encoding; {@code identity} is always there
 */
record PageFile(String type, boolean hashed, Map<String, byte[]> contents) {
    PageFile {
        requireNonNull(type, "type is null");
        contents = Map.copyOf(contents);
        requireNonNull(contents.get(ContentNegotiation.IDENTITY), "there is no content without an encoding");
    }

    Set<String> encodings() {
        return contents.keySet();
    }

    byte[] content(String encoding) {
        return requireNonNull(contents.get(encoding), encoding);
    }

    byte[] plain() {
        return content(ContentNegotiation.IDENTITY);
    }
}
