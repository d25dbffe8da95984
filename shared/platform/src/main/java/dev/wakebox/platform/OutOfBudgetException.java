package dev.wakebox.platform;

import static java.util.Objects.requireNonNull;

/** A download exceeds its budget of bytes or time. */
public final class OutOfBudgetException extends RuntimeException {
    OutOfBudgetException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return requireNonNull(super.getMessage());
    }
}
