package dev.wakebox.uploads;

import static java.util.Objects.requireNonNull;

/** Who uploaded a file and is told what became of it. */
public record Owner(String email, String name, Language language) {
    public Owner {
        requireNonNull(email, "email is null");
        requireNonNull(name, "name is null");
        requireNonNull(language, "language is null");
    }

    /** Without the address, so that it is in no log. */
    @Override
    public String toString() {
        return "Owner";
    }
}
