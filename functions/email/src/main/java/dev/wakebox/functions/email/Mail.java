package dev.wakebox.functions.email;

import static java.util.Objects.requireNonNull;

/** One mail that is ready to be sent. */
record Mail(String to, String subject, String text, String html) {
    Mail {
        requireNonNull(to, "to is null");
        requireNonNull(subject, "subject is null");
        requireNonNull(text, "text is null");
        requireNonNull(html, "html is null");
    }

    /** Omits text and address, so that no log has them. */
    @Override
    public String toString() {
        return "Mail";
    }
}
