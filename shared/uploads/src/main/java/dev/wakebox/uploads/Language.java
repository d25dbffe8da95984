package dev.wakebox.uploads;

import java.util.Locale;
import java.util.Optional;

/** The languages of the mails to owners. */
public enum Language {
    EN,
    ES;

    /** As in {@code en}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The language of a tag such as {@code es} or {@code es-MX}; empty if it is not supported. */
    public static Optional<Language> ofTag(String tag) {
        return switch (Locale.forLanguageTag(tag.strip()).getLanguage()) {
            case "en" -> Optional.of(EN);
            case "es" -> Optional.of(ES);
            default -> Optional.empty();
        };
    }
}
