package dev.wakebox.functions.email;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The kinds of mails to an owner. Of each kind, an owner gets at most one about an upload. */
enum MailKind {
    RESULT,
    FAILURE;

    /** The kind of this name; empty if there is none. */
    static Optional<MailKind> ofKey(String key) {
        return Arrays.stream(values()).filter(each -> each.key().equals(key)).findFirst();
    }

    /** Its name in the texts and in the records. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
