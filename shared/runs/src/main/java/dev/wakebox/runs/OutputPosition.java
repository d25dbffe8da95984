package dev.wakebox.runs;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A position in two streams of an attempt's output.
 *
 * @param attempt the name of the stdout stream: the position has no meaning for other streams
 */
record OutputPosition(String attempt, InStream stdout, InStream stderr) {
    /**
     * A position in one stream.
     *
     * @param token of CloudWatch Logs, which forgets it after 24 hours; null before the first line
     * @param last time of the last line before the position, in milliseconds since 1970; -1 before the first line
     */
    record InStream(@Nullable String token, long last) {
        static final InStream START = new InStream(null, -1);
    }

    OutputPosition {
        requireNonNull(attempt, "attempt is null");
        requireNonNull(stdout, "stdout is null");
        requireNonNull(stderr, "stderr is null");
    }

    static OutputPosition start(OutputStreams streams) {
        return new OutputPosition(streams.stdoutStream(), InStream.START, InStream.START);
    }

    /**
     * The position that {@link #text} wrote.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} for another text
     */
    static OutputPosition of(String text) {
        try {
            return Json.record(Base64.getUrlDecoder().decode(text), OutputPosition.class);
        } catch (IllegalArgumentException | WakeboxException e) {
            throw WakeboxException.invalidField(
                    "after",
                    "\"after\" is no position in the output of a run. Take the one of the last answer, or none for the"
                            + " beginning.");
        }
    }

    /** This position as a text of URL-safe characters. */
    String text() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.bytes(this));
    }
}
