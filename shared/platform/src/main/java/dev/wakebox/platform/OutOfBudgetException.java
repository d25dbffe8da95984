package dev.wakebox.platform;

import static java.util.Objects.requireNonNull;

/** There is more to download than may be downloaded here, or it takes longer than it may. */
public final class OutOfBudgetException extends RuntimeException {
    OutOfBudgetException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return requireNonNull(super.getMessage());
    }
}
