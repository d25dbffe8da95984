package dev.wakebox.runtime;

/** The kinds of failure of Wakebox, each with its HTTP status and the party that must act. */
public enum ErrorCode {
    INVALID_REQUEST(400, Kind.CALLER),
    UNAUTHORIZED(401, Kind.CALLER),
    FORBIDDEN(403, Kind.CALLER),
    NOT_FOUND(404, Kind.CALLER),
    CONFLICT(409, Kind.CALLER),
    PAYLOAD_TOO_LARGE(413, Kind.CALLER),
    UNSUPPORTED_MEDIA_TYPE(415, Kind.CALLER),
    /** The request is well-formed, but what it asks for breaks a rule. */
    UNPROCESSABLE(422, Kind.CALLER),
    /** Temporary: the same event or request can succeed later without a change. */
    UNAVAILABLE(503, Kind.TRANSIENT),
    /** A service outside AWS failed; a retry may succeed. */
    BAD_GATEWAY(502, Kind.TRANSIENT),
    /** A service outside AWS was too slow. */
    GATEWAY_TIMEOUT(504, Kind.TRANSIENT),
    INTERNAL(500, Kind.INTERNAL);

    /** The party that must act on an error. */
    public enum Kind {
        /** The request is wrong: answered 4xx, never retried. */
        CALLER,
        /** A retry may succeed: rethrown, so that SQS, S3 or Step Functions retries. */
        TRANSIENT,
        /** Wakebox or its deployment is wrong: answered 5xx, logged as an error, and counted by an alarm. */
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
