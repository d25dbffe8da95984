package dev.wakebox.runtime;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A refusal or failure whose message names what is wrong and what to do, and never contains a class name, a stack trace or a
 * secret. The caller may see the message, unless it {@linkplain #ofResource names a resource of ours}.
 */
public final class WakeboxException extends RuntimeException {
    private final ErrorCode code;
    private final @Nullable String field;
    private final boolean internal;

    public WakeboxException(ErrorCode code, String message) {
        this(code, message, null, null, false);
    }

    public WakeboxException(ErrorCode code, String message, Throwable cause) {
        this(code, message, null, cause, cause instanceof WakeboxException wrapped && wrapped.internal);
    }

    private WakeboxException(
            ErrorCode code, String message, @Nullable String field, @Nullable Throwable cause, boolean internal) {
        super(requireNonNull(message, "message is null"), cause);
        this.code = requireNonNull(code, "code is null");
        this.field = field;
        this.internal = internal;
    }

    /** A failure whose message names a table, a bucket or another resource of ours: it is for the log. */
    public static WakeboxException ofResource(ErrorCode code, String message, Throwable cause) {
        return new WakeboxException(code, message, null, cause, true);
    }

    /** A refusal of a field that breaks a rule; {@code message} states the rule. */
    public static WakeboxException invalidField(String field, String message) {
        return new WakeboxException(
                ErrorCode.INVALID_REQUEST, message, requireNonNull(field, "field is null"), null, false);
    }

    public ErrorCode code() {
        return code;
    }

    /** The message for the caller: a general one if the exception's own message names a resource of ours. */
    public String messageForCaller() {
        if (!internal) {
            return requireNonNull(getMessage());
        }
        return code.kind() == ErrorCode.Kind.TRANSIENT
                ? "The request could not be handled at the moment; try again later."
                : "The request could not be handled because of an error on our side; try again later.";
    }

    /** The field of the request that is wrong, or null when the failure does not concern one field. */
    public @Nullable String field() {
        return field;
    }
}
