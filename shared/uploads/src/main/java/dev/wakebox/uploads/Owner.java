package dev.wakebox.uploads;

import static java.util.Objects.requireNonNull;

import com.sanctionco.jmail.EmailValidator;
import com.sanctionco.jmail.JMail;

/**
 * The person who uploaded a file and gets its results by mail.
 *
 * @param name in plain words; empty when it isn't known
 */
public record Owner(String email, String name, Language language) {
    private static final EmailValidator ADDRESSES = JMail.strictValidator()
            .requireAscii()
            .requireTopLevelDomain()
            .disallowSingleCharacterTopLevelDomains()
            .disallowIpDomain()
            .disallowExplicitSourceRouting()
            .disallowObsoleteWhitespace()
            .withRule(email -> !email.hasIdentifier() && email.comments().isEmpty())
            .withRule(email -> !email.localPart().contains("\""));

    public Owner {
        requireNonNull(email, "email is null");
        name = PlainWords.name(name);
        requireNonNull(language, "language is null");
    }

    /** Whether the text is exactly one address, without angle brackets or accents, to which a mail can be sent. */
    public static boolean isAddress(String text) {
        return !text.startsWith("<") && ADDRESSES.isValid(text);
    }

    /** Omits the address, so that no log has it. */
    @Override
    public String toString() {
        return "Owner";
    }
}
