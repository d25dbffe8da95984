package dev.wakebox.functions.email;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toMap;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import dev.wakebox.uploads.Language;
import dev.wakebox.uploads.Upload;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/** Writes the mails: {@code mail.html} and {@code mail.txt} with the words of the owner's language. Thread-safe. */
final class Texts {
    private static final int LONGEST_IN_SUBJECT = 80;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Mustache.Compiler plain = Mustache.compiler().escapeHTML(false);
    private final Template html;
    private final Template text;
    private final Map<Language, Map<String, Template>> words = new EnumMap<>(Language.class);
    private final String contact;

    /** @param contact an address that people read, for the footer */
    Texts(String contact) {
        this.contact = requireNonNull(contact, "contact is null");
        html = Mustache.compiler().escapeHTML(true).compile(resource("mail.html"));
        text = plain.compile(resource("mail.txt"));
        for (Language language : Language.values()) {
            words.put(language, words(language));
        }
    }

    /**
     * A mail about an upload.
     *
     * @param links by their name in the texts: {@code workbook}, {@code summary}, {@code csv}, {@code video}
     * @param linksUntil when the links end
     */
    Mail write(Occasion occasion, Upload upload, Map<String, String> links, Instant linksUntil) {
        Language language = upload.owner().language();
        String subject = say(language, occasion, "subject", shortened(oneLine(upload.filename())));
        return new Mail(
                upload.owner().email(),
                subject,
                text.execute(values(
                        occasion,
                        upload,
                        oneLine(upload.filename()),
                        oneLine(upload.owner().name()),
                        links,
                        linksUntil)),
                html.execute(values(
                        occasion, upload, upload.filename(), upload.owner().name(), links, linksUntil)));
    }

    private Map<String, Object> values(
            Occasion occasion,
            Upload upload,
            String filename,
            String name,
            Map<String, String> links,
            Instant linksUntil) {
        Language language = upload.owner().language();
        var values = new LinkedHashMap<String, Object>();
        values.put("language", language.code());
        values.put("greeting", say(language, "greeting", Map.of("name", name)));
        values.put("headline", say(language, occasion, "headline", filename));
        values.put("filename", filename);
        values.put("body", say(language, occasion, "body", filename));
        values.put(
                "links",
                links.entrySet().stream()
                        .map(link -> Map.of(
                                "label", say(language, "link." + link.getKey(), Map.of()), "url", link.getValue()))
                        .toList());
        values.put("until", links.isEmpty() ? "" : say(language, "until", Map.of("time", TIME.format(linksUntil))));
        values.put("footer", say(language, "footer", Map.of("contact", contact)));
        values.put("reference", say(language, "reference", Map.of("id", upload.id())));
        return values;
    }

    private String say(Language language, Occasion occasion, String key, String filename) {
        return say(language, occasion.key() + "." + key, Map.of("filename", filename));
    }

    private String say(Language language, String key, Map<String, String> values) {
        return requireNonNull(
                        requireNonNull(words.get(language), "every language has words")
                                .get(key),
                        () -> "there is no text \"" + key + "\"")
                .execute(values);
    }

    private Map<String, Template> words(Language language) {
        var properties = new Properties();
        try (var reader = new InputStreamReader(open(language.code() + ".properties"), StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.stringPropertyNames().stream()
                .collect(toMap(key -> key, key -> plain.compile(properties.getProperty(key))));
    }

    /** Line breaks and marks that turn the direction of writing could make a subject say something else. */
    private static String oneLine(String text) {
        return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ")
                .replaceAll("[\\u202A-\\u202E\\u2066-\\u2069]", "")
                .strip();
    }

    private static String shortened(String text) {
        return text.codePointCount(0, text.length()) <= LONGEST_IN_SUBJECT
                ? text
                : text.substring(0, text.offsetByCodePoints(0, LONGEST_IN_SUBJECT - 1)) + "…";
    }

    private static String resource(String name) {
        try (InputStream in = open(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open(String name) {
        return requireNonNull(Texts.class.getResourceAsStream(name), () -> "the package lacks " + name);
    }
}
