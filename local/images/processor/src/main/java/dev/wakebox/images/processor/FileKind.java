package dev.wakebox.images.processor;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Recognises files that this processor can't process by their first bytes. */
final class FileKind {
    /** Number of bytes to examine. */
    static final int BYTES = 64;

    private static final Map<String, byte[]> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put("a PDF document", bytes("%PDF-"));
        KINDS.put("a ZIP archive or an Office document", bytes("PK\u0003\u0004"));
        KINDS.put("a gzip archive", new byte[] {0x1f, (byte) 0x8b, 8});
        KINDS.put("a PNG picture", bytes("\u0089PNG"));
        KINDS.put("a JPEG picture", new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff});
        KINDS.put("a GIF picture", bytes("GIF8"));
        KINDS.put("a Flash video, which this processor cannot read", bytes("FLV"));
        KINDS.put("a program", bytes("\u007fELF"));
    }

    private FileKind() {}

    /** The kind of a file that can't be processed; empty when it may be processed. */
    static Optional<String> unfit(byte[] beginning) {
        String text = new String(beginning, StandardCharsets.ISO_8859_1).strip().toLowerCase(Locale.ROOT);
        if (text.startsWith("<!doctype html") || text.startsWith("<html") || text.startsWith("<?xml")) {
            return Optional.of("a web page");
        }
        return KINDS.entrySet().stream()
                .filter(kind -> beginning.length >= kind.getValue().length
                        && Arrays.equals(kind.getValue(), Arrays.copyOf(beginning, kind.getValue().length)))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
