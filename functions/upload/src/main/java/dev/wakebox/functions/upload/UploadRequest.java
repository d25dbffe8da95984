package dev.wakebox.functions.upload;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.Unicode;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.uploads.Language;
import dev.wakebox.uploads.Owner;
import dev.wakebox.uploads.SizeLimit;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A valid announcement of an upload.
 *
 * @param contentLength null when the request has none; the size is then checked after the file has arrived
 */
record UploadRequest(
        String filename, VideoType type, @Nullable Long contentLength, Owner owner) {
    private static final int LONGEST_FILENAME = 1000;
    private static final int LONGEST_NAME = 200;
    private static final int LONGEST_EMAIL = 254;
    /** S3's limit of one PUT; larger files are sent in parts. */
    private static final long LARGEST_PUT = 5L << 30;

    UploadRequest {
        requireNonNull(filename, "filename is null");
        requireNonNull(type, "type is null");
        requireNonNull(owner, "owner is null");
    }

    /**
     * Reads and validates a request.
     *
     * @param acceptLanguage the header, for a request without a language
     * @throws WakeboxException {@code INVALID_REQUEST} with the field that breaks a rule
     */
    static UploadRequest parse(JsonObject body, String acceptLanguage, SizeLimit limit) {
        return parse(body, body, "name", contentLength(body, Math.min(limit.bytes(), LARGEST_PUT)), acceptLanguage);
    }

    /**
     * Reads and validates a request in the shape of Uppy's Companion, whose {@code metadata} has the rest. Uppy itself
     * sets its {@code name} to the file's, so that the owner's name is {@code owner}.
     *
     * @param acceptLanguage the header, for a request without a language
     * @throws WakeboxException {@code INVALID_REQUEST} with the field that breaks a rule; also when there is no length
     */
    static UploadRequest ofCompanion(JsonObject body, String acceptLanguage, SizeLimit limit) {
        JsonObject metadata = body.object("metadata");
        // Some versions of @uppy/aws-s3 send every value as a text.
        Object length = metadata.get("contentLength");
        if (length instanceof String text && text.matches("[0-9]{1,18}")) {
            metadata = metadata.with("contentLength", Long.parseLong(text));
        } else if (length == null) {
            throw WakeboxException.invalidField(
                    "contentLength", "metadata.contentLength is missing: the bytes of the file, as file.size.");
        }
        return parse(body, metadata, "owner", contentLength(metadata, limit.bytes()), acceptLanguage);
    }

    private static UploadRequest parse(
            JsonObject file, JsonObject owner, String nameField, @Nullable Long contentLength, String acceptLanguage) {
        String filename = text(file, "filename", LONGEST_FILENAME);
        VideoType type = VideoType.ofFilename(filename)
                .orElseThrow(() -> WakeboxException.invalidField(
                        "filename", "filename must end in .mp4, .mov, .avi, .mkv or .webm."));
        String email = text(owner, "email", LONGEST_EMAIL).strip();
        if (!Owner.isAddress(email)) {
            throw WakeboxException.invalidField(
                    "email", "email must be one address such as ana@example.org, without accents.");
        }
        String name = text(owner, nameField, LONGEST_NAME);
        return new UploadRequest(
                filename, type, contentLength, new Owner(email, name, language(owner, acceptLanguage)));
    }

    private static @Nullable Long contentLength(JsonObject body, long most) {
        Object value = body.get("contentLength");
        if (value == null) {
            return null;
        }
        if (!(value instanceof Integer || value instanceof Long)
                || ((Number) value).longValue() < 1
                || ((Number) value).longValue() > most) {
            throw WakeboxException.invalidField(
                    "contentLength",
                    "contentLength must be a whole number from 1 to " + most + " (bytes; " + most / (1024 * 1024)
                            + " MB).");
        }
        return ((Number) value).longValue();
    }

    private static Language language(JsonObject body, String acceptLanguage) {
        Object chosen = body.get("language");
        if (chosen != null) {
            return Language.ofTag(chosen.toString())
                    .orElseThrow(() -> WakeboxException.invalidField("language", "language must be \"en\" or \"es\"."));
        }
        try {
            return Locale.LanguageRange.parse(acceptLanguage).stream()
                    .map(range -> Language.ofTag(range.getRange()))
                    .flatMap(Optional::stream)
                    .findFirst()
                    .orElse(Language.EN);
        } catch (IllegalArgumentException e) {
            return Language.EN;
        }
    }

    private static String text(JsonObject body, String field, int longest) {
        Object value = body.get(field);
        if (value == null) {
            throw WakeboxException.invalidField(field, field + " is missing.");
        }
        if (!(value instanceof String text) || text.isBlank()) {
            throw WakeboxException.invalidField(field, field + " must be a text that isn't empty.");
        }
        if (text.length() > longest) {
            throw WakeboxException.invalidField(field, field + " must not be longer than " + longest + " characters.");
        }
        Unicode.check(field, text);
        return text;
    }

    /** The video types that the processor supports. */
    enum VideoType {
        MP4("video/mp4"),
        MOV("video/quicktime"),
        AVI("video/x-msvideo"),
        MKV("video/x-matroska"),
        WEBM("video/webm");

        private final String contentType;

        VideoType(String contentType) {
            this.contentType = contentType;
        }

        String contentType() {
            return contentType;
        }

        String extension() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Optional<VideoType> ofFilename(String filename) {
            String ending = filename.substring(filename.lastIndexOf('.') + 1).toUpperCase(Locale.ROOT);
            return Arrays.stream(values())
                    .filter(type -> filename.indexOf('.') >= 0 && type.name().equals(ending))
                    .findFirst();
        }
    }
}
