package dev.wakebox.runtime;

/** Every way in which Wakebox says no, each with its HTTP status and with who has to act. */
public enum ErrorCode {
    INVALID_REQUEST(400, Kind.CALLER),
    UNAUTHORIZED(401, Kind.CALLER),
    FORBIDDEN(403, Kind.CALLER),
    NOT_FOUND(404, Kind.CALLER),
    CONFLICT(409, Kind.CALLER),
    PAYLOAD_TOO_LARGE(413, Kind.CALLER),
    UNSUPPORTED_MEDIA_TYPE(415, Kind.CALLER),
    /** Not now: the same event or request can succeed later without anybody doing anything. */
    UNAVAILABLE(503, Kind.TRANSIENT),
    /** A service that is not ours failed; it may do better next time. */
    BAD_GATEWAY(502, Kind.TRANSIENT),
    /** A service that is not ours was too slow. */
    GATEWAY_TIMEOUT(504, Kind.TRANSIENT),
    INTERNAL(500, Kind.INTERNAL);

    /** Who has to act on an error. */
    public enum Kind {
        /** The caller's fault: answered 4xx, never retried. */
        CALLER,
        /** Rethrown, so that SQS, S3 or Step Functions delivers again. */
        TRANSIENT,
        /** Ours: answered 5xx, logged as an error and alarmed. */
        INTERNAL
    }

    private final int status;
    private final Kind kind;

    ErrorCode(int status, Kind kind) {
        this.status = status;
        this.kind = kind;
    }

    /** The HTTP status of an answer with this code. */
    public int status() {
        return status;
    }

    public Kind kind() {
        return kind;
    }
}
