package dev.wakebox.local;

/** Why the application can't start or go on, in words for the person at the terminal: what is wrong and what to do. */
public final class LocalException extends RuntimeException {
    /** The exit code of a command line that can't be carried out as it is: a taken port, a wrong flag. */
    static final int USAGE = 2;

    private final int exitCode;

    LocalException(String message) {
        this(1, message);
    }

    LocalException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    LocalException(String message, Throwable cause) {
        super(message, cause);
        this.exitCode = 1;
    }

    int exitCode() {
        return exitCode;
    }
}
