package dev.wakebox.functions.processupload;

import dev.wakebox.storage.HeadReads;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Recognises files that are certainly not videos by their first bytes. An unknown format may be a video.
 *
 * <p>The signatures are those of the <a href="https://mimesniff.spec.whatwg.org/">MIME Sniffing Standard</a>, and of <a
 * href="https://www.garykessler.net/library/file_sigs.html">public tables</a> for formats that the standard doesn't
 * have.
 */
final class FileFormat {
    /** Number of bytes to examine. */
    static final int BYTES = 1024;

    private static final int FEWEST_CHARACTERS = 32;

    private static final String WEB_PAGE = "a web page";
    private static final String PICTURE = "a picture";
    private static final String AUDIO = "an audio file";
    private static final String TEXT = "a text";
    private static final String ARCHIVE = "an archive";
    private static final String OFFICE = "an Office document";
    private static final String PROGRAM = "a program";

    /** Formats by the first bytes of the file, in Latin-1. */
    private static final Map<String, String> BEGINNINGS = new LinkedHashMap<>();

    /** Formats by the bytes that end with {@code ftyp} and the brand, in Latin-1. */
    private static final Map<String, String> BRANDS =
            Map.of("heic", PICTURE, "heix", PICTURE, "mif1", PICTURE, "avif", PICTURE, "M4A ", AUDIO, "M4B ", AUDIO);

    private static final List<String> TAGS = List.of(
            "<!doctype html",
            "<html",
            "<head",
            "<script",
            "<iframe",
            "<body",
            "<title",
            "<style",
            "<table",
            "<div",
            "<h1",
            "<font",
            "<a ",
            "<br",
            "<p>",
            "<!--",
            "<?xml",
            "<svg",
            "<error",
            "<rss");

    private static final Map<String, String> CONTENT_TYPES = Map.of(
            "text/html", WEB_PAGE,
            "application/xhtml+xml", WEB_PAGE,
            "application/pdf", "a PDF document",
            "application/zip", ARCHIVE);

    static {
        BEGINNINGS.put("%PDF-", "a PDF document");
        BEGINNINGS.put("%!PS-Adobe-", "a PostScript document");
        BEGINNINGS.put("{\\rtf", OFFICE);
        BEGINNINGS.put("\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1", OFFICE);
        BEGINNINGS.put("PK\u0003\u0004", "a ZIP archive or an Office document");
        BEGINNINGS.put("PK\u0005\u0006", ARCHIVE);
        BEGINNINGS.put("PK\u0007\b", ARCHIVE);
        BEGINNINGS.put("Rar!\u001a\u0007", ARCHIVE);
        BEGINNINGS.put("7z\u00bc\u00af'\u001c", ARCHIVE);
        BEGINNINGS.put("\u001f\u008b\b", ARCHIVE);
        BEGINNINGS.put("BZh", ARCHIVE);
        BEGINNINGS.put("\u00fd7zXZ\u0000", ARCHIVE);
        BEGINNINGS.put("(\u00b5/\u00fd", ARCHIVE);
        BEGINNINGS.put("\u0089PNG\r\n\u001a\n", PICTURE);
        BEGINNINGS.put("\u00ff\u00d8\u00ff", PICTURE);
        BEGINNINGS.put("GIF87a", PICTURE);
        BEGINNINGS.put("GIF89a", PICTURE);
        BEGINNINGS.put("II*\u0000", PICTURE);
        BEGINNINGS.put("MM\u0000*", PICTURE);
        BEGINNINGS.put("8BPS\u0000\u0001", PICTURE);
        BEGINNINGS.put("ID3", AUDIO);
        BEGINNINGS.put("fLaC", AUDIO);
        BEGINNINGS.put("\u007fELF", PROGRAM);
        BEGINNINGS.put("MZ\u0090\u0000", PROGRAM);
        BEGINNINGS.put("SQLite format 3\u0000", "a database");
        BEGINNINGS.put("\u00fe\u00ff", TEXT);
        BEGINNINGS.put("\u00ff\u00fe", TEXT);
        BEGINNINGS.put("\u00ef\u00bb\u00bf", TEXT);
    }

    private FileFormat() {}

    /** The format of a file that is certainly not a video, to be used in a sentence; empty when it may be one. */
    static Optional<String> noVideo(HeadReads.Beginning beginning) {
        String bytes = new String(beginning.bytes(), StandardCharsets.ISO_8859_1);
        if (isContainerOfVideos(bytes)) {
            return Optional.ofNullable(BRANDS.get(part(bytes, 8, 12)));
        }
        return riff(bytes)
                .or(() -> BEGINNINGS.entrySet().stream()
                        .filter(known -> bytes.startsWith(known.getKey()))
                        .map(Map.Entry::getValue)
                        .findFirst())
                .or(() -> text(beginning.bytes()))
                .or(() -> ofContentType(beginning.contentType()));
    }

    private static boolean isContainerOfVideos(String bytes) {
        boolean isoOrQuickTime =
                List.of("ftyp", "moov", "mdat", "wide", "free", "skip", "pnot").contains(part(bytes, 4, 8));
        return isoOrQuickTime
                || isTransportStream(bytes, 0)
                || isTransportStream(bytes, 4)
                || (bytes.startsWith("RIFF") && part(bytes, 8, 12).equals("AVI "))
                || List.of(
                                "\u001aE\u00df\u00a3", // Matroska, WebM
                                "0&\u00b2u\u008ef\u00cf\u0011", // ASF: WMV
                                "\u0000\u0000\u0001\u00ba", // MPEG program stream
                                "\u0000\u0000\u0001\u00b3", // MPEG video
                                "FLV",
                                "OggS")
                        .stream()
                        .anyMatch(bytes::startsWith);
    }

    /** Packets of 188 bytes, each with a sync byte, which four bytes of a camera's clock may precede. */
    private static boolean isTransportStream(String bytes, int first) {
        return bytes.length() > 188 + 2 * first && bytes.charAt(first) == 'G' && bytes.charAt(188 + 2 * first) == 'G';
    }

    private static Optional<String> riff(String bytes) {
        if (!bytes.startsWith("RIFF")) {
            return Optional.empty();
        }
        return switch (part(bytes, 8, 12)) {
            case "WAVE" -> Optional.of(AUDIO);
            case "WEBP" -> Optional.of(PICTURE);
            default -> Optional.empty();
        };
    }

    /** Recognises a web page, JSON, or lines of letters; a few letters alone are not enough to be certain. */
    private static Optional<String> text(byte[] bytes) {
        var characters = CharBuffer.allocate(bytes.length);
        boolean whole = !StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes), characters, false)
                .isError();
        String plain = characters.flip().toString().stripLeading().toLowerCase(Locale.ROOT);
        if (!whole || plain.chars().anyMatch(FileFormat::isBinary)) {
            return Optional.empty();
        }
        if (TAGS.stream().anyMatch(plain::startsWith)) {
            return Optional.of(WEB_PAGE);
        }
        boolean lines = plain.length() >= FEWEST_CHARACTERS && plain.indexOf('\n') >= 0;
        return lines || plain.startsWith("{\"") || plain.startsWith("[{") ? Optional.of(TEXT) : Optional.empty();
    }

    /** The standard's "binary data byte". */
    private static boolean isBinary(int character) {
        return character <= 0x08
                || character == 0x0b
                || (character >= 0x0e && character <= 0x1a)
                || (character >= 0x1c && character <= 0x1f);
    }

    private static Optional<String> ofContentType(String contentType) {
        String type = contentType.toLowerCase(Locale.ROOT).split(";", 2)[0].strip();
        return type.startsWith("image/") ? Optional.of(PICTURE) : Optional.ofNullable(CONTENT_TYPES.get(type));
    }

    private static String part(String bytes, int from, int to) {
        return bytes.length() < to ? "" : bytes.substring(from, to);
    }
}
