package dev.wakebox.functions.email;

import java.util.Locale;

/** What an owner is written about, once each. */
enum Occasion {
    RESULT,
    FAILURE;

    /** Its name in the texts and in the records. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
