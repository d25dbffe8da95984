package dev.wakebox.platform;

import dev.wakebox.runtime.ErrorCode;

/** The platform may have done what it was asked, but its answer is lost: asking again may do it twice. */
public final class AnswerLostException extends RuntimeException {
    private final ErrorCode code;

    AnswerLostException(PlatformFailure failure) {
        super(failure.getMessage(), failure);
        this.code = failure.code();
    }

    /** What it is when nothing else is known. */
    public ErrorCode code() {
        return code;
    }
}
