package dev.wakebox.local.host;

/** Why the application can't start or continue, in words for the user of the terminal: what is wrong and what to do. */
public final class LocalException extends RuntimeException {
    /**
     * The exit code for a command line that can't be executed, for example because of a used port or a wrong option.
     */
    public static final int USAGE = 2;

    private final int exitCode;

    public LocalException(String message) {
        this(1, message);
    }

    public LocalException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    public LocalException(String message, Throwable cause) {
        super(message, cause);
        this.exitCode = 1;
    }

    public int exitCode() {
        return exitCode;
    }
}
