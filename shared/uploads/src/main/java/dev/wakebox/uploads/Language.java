package dev.wakebox.uploads;

import java.util.Locale;
import java.util.Optional;

/** The languages that owners are written to. */
public enum Language {
    EN,
    ES;

    /** As in {@code en}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The language of that tag, as in {@code es} or {@code es-MX}, if it is one of ours. */
    public static Optional<Language> ofTag(String tag) {
        return switch (Locale.forLanguageTag(tag.strip()).getLanguage()) {
            case "en" -> Optional.of(EN);
            case "es" -> Optional.of(ES);
            default -> Optional.empty();
        };
    }
}
