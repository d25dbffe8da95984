package dev.wakebox.cli;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A user's file with one JSON object. */
final class JsonFile {
    private JsonFile() {}

    /**
     * The content of the file.
     *
     * @throws WakeboxException that names the file, and the place in it or the limit
     */
    static byte[] read(Path file, int mostBytes) throws IOException {
        byte[] document = Files.readAllBytes(file);
        if (document.length > mostBytes) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    file + " has " + document.length + " bytes; AWS takes at most " + mostBytes + ".");
        }
        try {
            Json.object(document);
        } catch (WakeboxException e) {
            throw new WakeboxException(ErrorCode.INVALID_REQUEST, file + ": " + e.getMessage(), e);
        }
        return document;
    }
}
