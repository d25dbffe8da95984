package dev.wakebox.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongConsumer;

/** A stream that reports how many bytes were read so far, at most ten times a second. Not thread-safe. */
final class ProgressStream extends FilterInputStream {
    private static final long NANOS_BETWEEN_REPORTS = 100_000_000;

    private final LongConsumer progress;
    private long bytes;
    private long reported = System.nanoTime();

    ProgressStream(InputStream in, LongConsumer progress) {
        super(in);
        this.progress = progress;
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        count(value < 0 ? 0 : 1);
        return value;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = super.read(buffer, offset, length);
        count(Math.max(0, read));
        return read;
    }

    private void count(int read) {
        bytes += read;
        long now = System.nanoTime();
        if (now - reported >= NANOS_BETWEEN_REPORTS) {
            reported = now;
            progress.accept(bytes);
        }
    }
}
