package dev.wakebox.platform;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Clock;
import java.time.Instant;

/**
 * The transferred bytes of an answer. Reading throws {@link OutOfBudgetException} after the deadline and {@link
 * PlatformFailure} when the connection breaks. Not thread-safe.
 */
final class Wire extends InputStream {
    private final InputStream in;
    private final Instant deadline;
    private final Clock clock;
    private long bytes;

    Wire(InputStream in, Instant deadline, Clock clock) {
        this.in = requireNonNull(in, "in is null");
        this.deadline = requireNonNull(deadline, "deadline is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    long bytes() {
        return bytes;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
        if (!clock.instant().isBefore(deadline)) {
            throw new OutOfBudgetException("The output takes too long.");
        }
        int read;
        try {
            read = in.read(buffer, offset, length);
        } catch (SocketTimeoutException e) {
            throw new PlatformFailure(
                    ErrorCode.GATEWAY_TIMEOUT, "The platform stopped sending after " + bytes + " bytes.", null, e);
        } catch (IOException e) {
            throw new PlatformFailure(
                    ErrorCode.BAD_GATEWAY, "The connection to the platform broke after " + bytes + " bytes.", null, e);
        }
        if (read > 0) {
            bytes += read;
        }
        return read;
    }

    /** Never 0: {@link java.util.zip.GZIPInputStream} takes 0 for the end, even between two members of one file. */
    @Override
    public int available() {
        return 1;
    }
}
