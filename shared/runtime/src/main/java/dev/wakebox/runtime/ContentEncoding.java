package dev.wakebox.runtime;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** Decompresses the body of a request. */
final class ContentEncoding {
    private static final Set<String> READ = Set.of("", "identity", "gzip", "x-gzip");

    private ContentEncoding() {}

    /**
     * The decompressed body. Its first bytes decide whether it is compressed, because some proxies decompress a body and keep
     * the header, and some senders compress a body without a header.
     *
     * @param most the largest size of the result in bytes
     */
    static byte[] decode(@Nullable String header, byte[] body, int most) {
        String encoding = header == null ? "" : header.strip().toLowerCase(Locale.ROOT);
        if (!READ.contains(encoding)) {
            throw new WakeboxException(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "The Content-Encoding \"" + encoding
                            + "\" is not supported; send the body uncompressed or with gzip.");
        }
        if (startsWith(body, 0x1f, 0xef, 0xbf, 0xbd)) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    "The compressed body arrived as text, so its bytes are lost. Send it with the Content-Type"
                            + " application/octet-stream, or uncompressed.");
        }
        boolean compressed = startsWith(body, 0x1f, 0x8b);
        byte[] plain = compressed ? unzip(body, most) : body;
        if (plain.length > most) {
            throw new WakeboxException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "The body is larger than " + most + " bytes" + (compressed ? " after decompression." : "."));
        }
        return plain;
    }

    private static byte[] unzip(byte[] body, int most) {
        try (var in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            return in.readNBytes(most + 1);
        } catch (EOFException | ZipException e) {
            throw new WakeboxException(ErrorCode.INVALID_REQUEST, "The gzip body is damaged or incomplete.", e);
        } catch (IOException e) {
            throw new UncheckedIOException("Reading bytes in memory failed.", e);
        }
    }

    private static boolean startsWith(byte[] body, int... bytes) {
        if (body.length < bytes.length) {
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            if ((body[i] & 0xff) != bytes[i]) {
                return false;
            }
        }
        return true;
    }
}
