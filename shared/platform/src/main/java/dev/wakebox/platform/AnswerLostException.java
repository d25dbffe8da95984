package dev.wakebox.platform;

import dev.wakebox.runtime.ErrorCode;

/** The platform may have executed a request whose answer is lost. A retry may execute it twice. */
public final class AnswerLostException extends RuntimeException {
    private final ErrorCode code;

    AnswerLostException(PlatformFailure failure) {
        super(failure.getMessage(), failure);
        this.code = failure.code();
    }

    /** The code of the failure when the caller knows nothing more. */
    public ErrorCode code() {
        return code;
    }
}
