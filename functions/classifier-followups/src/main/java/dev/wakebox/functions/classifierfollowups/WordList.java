package dev.wakebox.functions.classifierfollowups;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The words and names of this package's resource files. */
final class WordList {
    private WordList() {}

    /** The lines of a file, without comments. */
    static List<String> lines(String file) {
        try (InputStream stream = requireNonNull(WordList.class.getResourceAsStream(file), file + " is missing");
                var reader = new BufferedReader(new InputStreamReader(stream, UTF_8))) {
            return reader.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read", e);
        }
    }

    /** The values between the commas of a file, as {@link #key keys}. */
    static Set<String> of(String file) {
        var words = new LinkedHashSet<String>();
        for (String line : lines(file)) {
            for (String word : line.split(",", -1)) {
                if (!word.isBlank()) {
                    words.add(key(word));
                }
            }
        }
        return words;
    }

    /** The form by which names are compared: lower case, without an article or a final full stop. */
    static String key(String name) {
        String key = name.strip().toLowerCase(Locale.ROOT);
        if (key.startsWith("the ")) {
            key = key.substring(4);
        }
        return key.endsWith(".") ? key.substring(0, key.length() - 1) : key;
    }
}
