package dev.wakebox.platform;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.zip.GZIPInputStream;

/** Decompresses answers. */
final class Gzip {
    private static final int BUFFER = 1 << 16;

    private Gzip() {}

    /** Decompresses the bytes this often. */
    static InputStream undone(InputStream in, int times) throws IOException {
        return times == 0 ? in : undone(undone(in), times - 1);
    }

    /**
     * Decompresses the bytes if they are compressed, independent of the header: some proxies decompress and keep the
     * header, others compress without being asked.
     */
    static InputStream undone(InputStream in) throws IOException {
        var ahead = new PushbackInputStream(in, 2);
        byte[] two = ahead.readNBytes(2);
        ahead.unread(two);
        boolean compressed = two.length == 2 && two[0] == 0x1f && two[1] == (byte) 0x8b;
        return compressed ? new GZIPInputStream(ahead, BUFFER) : ahead;
    }
}
