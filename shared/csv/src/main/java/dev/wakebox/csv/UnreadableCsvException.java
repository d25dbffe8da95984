package dev.wakebox.csv;

/** A file can't be read as a CSV. The message is a sentence that names the line and says what to do. */
public final class UnreadableCsvException extends RuntimeException {
    public UnreadableCsvException(String message) {
        super(message);
    }
}
