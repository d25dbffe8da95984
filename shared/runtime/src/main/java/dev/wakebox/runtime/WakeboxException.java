package dev.wakebox.runtime;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A refusal or failure with a message that is fit for the caller's eyes: it names what is wrong and what to do, never a
 * class, a stack or a secret.
 */
public final class WakeboxException extends RuntimeException {
    private final ErrorCode code;
    private final @Nullable String field;

    public WakeboxException(ErrorCode code, String message) {
        this(code, message, null, null);
    }

    public WakeboxException(ErrorCode code, String message, Throwable cause) {
        this(code, message, null, cause);
    }

    private WakeboxException(ErrorCode code, String message, @Nullable String field, @Nullable Throwable cause) {
        super(requireNonNull(message, "message is null"), cause);
        this.code = requireNonNull(code, "code is null");
        this.field = field;
    }

    /** A field of the request that breaks a rule; {@code message} says which rule. */
    public static WakeboxException invalidField(String field, String message) {
        return new WakeboxException(ErrorCode.INVALID_REQUEST, message, requireNonNull(field, "field is null"), null);
    }

    public ErrorCode code() {
        return code;
    }

    /** The name of the request's field that is wrong, or null when it is not about one field. */
    public @Nullable String field() {
        return field;
    }
}
