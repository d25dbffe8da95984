package dev.wakebox.uploads;

/** The source of an upload. */
public sealed interface Origin {
    /** Its owner announced it before sending the file. */
    record Announced() implements Origin {}

    /**
     * A web page signed the upload of the file, and reported it after it had arrived.
     *
     * @param defaultMatrix whether the page requests the default matrix
     */
    record Page(boolean defaultMatrix) implements Origin {}
}
