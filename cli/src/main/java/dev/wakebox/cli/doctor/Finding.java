package dev.wakebox.cli.doctor;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.SnakeCase;

/**
 * The result of one check.
 *
 * @param check what was checked
 * @param found what was found
 * @param remedy what to do; empty if nothing
 */
@SnakeCase
public record Finding(String check, Status status, String found, String remedy) {
    public Finding {
        requireNonNull(check, "check is null");
        requireNonNull(status, "status is null");
        requireNonNull(found, "found is null");
        requireNonNull(remedy, "remedy is null");
    }

    /** What a finding means. */
    public enum Status {
        OK,
        /** It works, or may work, with a limit that the user should know. */
        WARNING,
        /** The deployment or a run would fail. */
        PROBLEM,
        /** A permission is missing, or AWS did not answer: nothing is known. */
        COULD_NOT_ASK,
        /** The local application does not have what is checked. */
        NOT_APPLICABLE
    }

    static Finding ok(String check, String found) {
        return new Finding(check, Status.OK, found, "");
    }

    static Finding warning(String check, String found, String remedy) {
        return new Finding(check, Status.WARNING, found, remedy);
    }

    static Finding problem(String check, String found, String remedy) {
        return new Finding(check, Status.PROBLEM, found, remedy);
    }
}
