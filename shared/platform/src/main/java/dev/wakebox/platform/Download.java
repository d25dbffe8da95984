package dev.wakebox.platform;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An output as it comes in. Reading throws {@link OutOfBudgetException} past the budget and {@link PlatformFailure} when
 * the connection breaks. Not thread-safe.
 */
public final class Download extends InputStream {
    private static final Pattern SHA_256 = Pattern.compile("(?i)\\bsha-256=:?([A-Za-z0-9+/]{43}=):?");
    private static final Pattern MD5 = Pattern.compile("(?i)\\bmd5=([A-Za-z0-9+/]{22}==)");

    private final HttpURLConnection connection;
    private final InputStream in;
    private final Budget budget;
    private final Clock clock;
    private final @Nullable MessageDigest md5;
    private long bytes;

    Download(HttpURLConnection connection, Budget budget, Clock clock) throws IOException {
        this.connection = requireNonNull(connection, "connection is null");
        this.in = connection.getInputStream();
        this.budget = requireNonNull(budget, "budget is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.md5 = expectedMd5() == null ? null : md5();
        if (connection.getContentLengthLong() > budget.bytes()) {
            close();
            throw new OutOfBudgetException("The output has " + connection.getContentLengthLong() + " bytes.");
        }
    }

    public String contentType() {
        String type = connection.getContentType();
        return type == null ? "application/octet-stream" : type;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (!clock.instant().isBefore(budget.deadline())) {
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
            if (md5 != null) {
                md5.update(buffer, offset, read);
            }
            if (bytes > budget.bytes()) {
                throw new OutOfBudgetException("The output has more than " + budget.bytes() + " bytes.");
            }
        }
        return read;
    }

    /**
     * Compares what came with what the platform announced: Content-Length, and SHA-256 ({@code Repr-Digest}, {@code
     * Digest}) or MD5 ({@code Content-MD5}, {@code x-goog-hash}) where it sends one.
     *
     * @param sha256 of all that was read, in lower-case hex
     * @throws PlatformFailure when they differ, or when nothing was announced and a cut would look like the end
     */
    public void verify(String sha256) {
        long announced = connection.getContentLengthLong();
        String expected = expectedSha256();
        if (announced < 0 && header("Transfer-Encoding").isEmpty() && expected == null && md5 == null) {
            throw new PlatformFailure(
                    ErrorCode.BAD_GATEWAY,
                    "The platform tells neither the output's length nor a checksum, so nobody knows whether all of it came.",
                    null,
                    null);
        }
        if (announced >= 0 && announced != bytes) {
            throw new PlatformFailure(
                    ErrorCode.BAD_GATEWAY,
                    "The platform announced " + announced + " bytes and sent " + bytes + ".",
                    null,
                    null);
        }
        if (expected != null && !expected.equals(sha256)) {
            throw damaged("SHA-256");
        }
        if (md5 != null && !Base64.getEncoder().encodeToString(md5.digest()).equals(expectedMd5())) {
            throw damaged("MD5");
        }
    }

    @Override
    public void close() {
        connection.disconnect();
    }

    private static PlatformFailure damaged(String checksum) {
        return new PlatformFailure(
                ErrorCode.BAD_GATEWAY, "The output's " + checksum + " is not what the platform announced.", null, null);
    }

    private @Nullable String expectedSha256() {
        for (String header : new String[] {"Repr-Digest", "Content-Digest", "Digest"}) {
            var match = SHA_256.matcher(header(header));
            if (match.find()) {
                return HexFormat.of().formatHex(Base64.getDecoder().decode(match.group(1)));
            }
        }
        return null;
    }

    private @Nullable String expectedMd5() {
        var match = MD5.matcher("md5=" + header("Content-MD5"));
        if (match.find()) {
            return match.group(1);
        }
        // Of an object that is stored compressed, Cloud Storage tells the hash of the compressed bytes.
        String stored = header("x-goog-stored-content-encoding");
        var google = MD5.matcher(header("x-goog-hash"));
        return (stored.isEmpty() || stored.equals("identity")) && google.find() ? google.group(1) : null;
    }

    /** All values of a header in one; empty when there is none. */
    private String header(String name) {
        return connection.getHeaderFields().entrySet().stream()
                .filter(entry -> entry.getKey() != null
                        && entry.getKey().toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT)))
                .flatMap(entry -> entry.getValue().stream())
                .reduce((a, b) -> a + "," + b)
                .orElse("");
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has MD5.", e);
        }
    }
}
