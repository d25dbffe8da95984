package dev.wakebox.functions.email;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toMap;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import dev.wakebox.uploads.Language;
import dev.wakebox.uploads.Origin;
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
import java.util.regex.Pattern;

/** Writes the mails: {@code mail.html} and {@code mail.txt} with the texts in the owner's language. Thread-safe. */
final class Texts {
    private static final int LONGEST_IN_SUBJECT = 80;
    /** An ending that may be a top-level domain, now or later: these have letters only. */
    private static final Pattern DOMAIN_LIKE_ENDING = Pattern.compile("\\.(?=\\p{L}{2,}$)");

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Mustache.Compiler plain =
            Mustache.compiler().escapeHTML(false).emptyStringIsFalse(true);
    private final Template html;
    private final Template text;
    private final Map<Language, Map<String, Template>> words = new EnumMap<>(Language.class);
    private final String contact;
    private final String history;
    private final boolean callersAreKnown;

    /**
     * Reads the texts.
     *
     * @param contact an address that people read, for the footer
     * @param history URL where the users of the web page see their files; empty when there is no page
     * @param callersAreKnown whether only people who have signed in announce uploads; otherwise the mails address no
     *     owner by name
     */
    Texts(String contact, String history, boolean callersAreKnown) {
        this.contact = requireNonNull(contact, "contact is null");
        this.history = requireNonNull(history, "history is null");
        this.callersAreKnown = callersAreKnown;
        html = Mustache.compiler().escapeHTML(true).emptyStringIsFalse(true).compile(resource("mail.html"));
        text = plain.compile(resource("mail.txt"));
        for (Language language : Language.values()) {
            words.put(language, words(language));
        }
    }

    /**
     * A mail about an upload.
     *
     * @param links by their name in the texts: {@code workbook}, {@code summary}, {@code csv}, {@code video}
     * @param linksUntil when the links expire
     */
    Mail write(MailKind kind, Upload upload, Map<String, String> links, Instant linksUntil) {
        Language language = upload.owner().language();
        String subject = say(language, kind, "subject", shortened(unlinked(upload.filename())));
        Map<String, ?> values = values(kind, upload, links, linksUntil);
        return new Mail(upload.owner().email(), subject, text.execute(values), html.execute(values));
    }

    private Map<String, ?> values(MailKind kind, Upload upload, Map<String, String> links, Instant linksUntil) {
        Language language = upload.owner().language();
        String filename = unlinked(upload.filename());
        String name = isVouchedFor(upload) ? upload.owner().name() : "";
        var values = new LinkedHashMap<String, Object>();
        values.put("language", language.code());
        values.put(
                "greeting",
                name.isEmpty()
                        ? say(language, "greeting.nameless", Map.of())
                        : say(language, "greeting", Map.of("name", name)));
        values.put("history", upload.origin() instanceof Origin.Page ? history : "");
        values.put("historyLabel", say(language, "history", Map.of()));
        values.put("headline", say(language, kind, "headline", filename));
        values.put("filename", filename);
        values.put("body", say(language, kind, "body", filename));
        boolean withoutWorkbook = kind == MailKind.RESULT && !links.containsKey("workbook");
        values.put("note", withoutWorkbook ? say(language, "result.noWorkbook", Map.of()) : "");
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

    private String say(Language language, MailKind kind, String key, String filename) {
        return say(language, kind.key() + "." + key, Map.of("filename", filename));
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

    /** If anyone may send any name with any address, the name could be a message to that address. */
    private boolean isVouchedFor(Upload upload) {
        return callersAreKnown || upload.origin() instanceof Origin.Page;
    }

    /**
     * {@code clip .mov} of {@code clip.mov}: mail programs would make it a link to the domain of that name, which anyone
     * may own.
     */
    private static String unlinked(String filename) {
        return DOMAIN_LIKE_ENDING.matcher(filename).replaceFirst(" .");
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
