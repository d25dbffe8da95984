package dev.wakebox.local.ec2;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A refused request, with the error code and message of AWS. */
final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1;

    final int status;
    final String code;
    final Optional<Instant> date;

    ApiException(String code, String message) {
        this(400, code, message);
    }

    ApiException(int status, String code, String message) {
        this(status, code, message, Optional.empty());
    }

    /** @param date of the answer, if it differs from this computer's clock */
    ApiException(int status, String code, String message, Optional<Instant> date) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.date = date;
    }

    /** A member that the request must have. */
    static <T> T required(String name, @Nullable T value) {
        if (value == null) {
            throw new ApiException("MissingParameter", "The request must contain the parameter " + name + ".");
        }
        return value;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
