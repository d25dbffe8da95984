package dev.wakebox.platform;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * An output during its download, decompressed if it was transferred with gzip. Reading throws {@link
 * OutOfBudgetException} beyond the budget, and {@link PlatformFailure} when the connection breaks or the content is not
 * an output. Not thread-safe.
 */
public final class Download extends InputStream {
    /** White space, after a byte-order mark or without one, in UTF-8 and UTF-16. */
    private static final Pattern BLANK = Pattern.compile("(?:\\xEF\\xBB\\xBF|\\xFE\\xFF|\\xFF\\xFE)?[\\s\\x00]*+");

    private final HttpURLConnection connection;
    private final Announcement announced;
    private final Budget budget;
    private final @Nullable MessageDigest sentSha256;
    private final @Nullable MessageDigest sentMd5;
    private final @Nullable MessageDigest plainMd5;
    private final Wire wire;
    private @Nullable InputStream in;
    private final byte[] beginning = new byte[WebPage.BEGINNING];
    private long bytes;
    private boolean atEnd;

    Download(HttpURLConnection connection, Budget budget, Clock clock) throws IOException {
        this.connection = requireNonNull(connection, "connection is null");
        this.announced = Announcement.of(connection);
        this.budget = requireNonNull(budget, "budget is null");
        this.sentSha256 = announced.isGzip() && announced.sha256() != null ? digest("SHA-256") : null;
        this.sentMd5 = announced.md5() != null ? digest("MD5") : null;
        this.plainMd5 = announced.isGzip() && announced.md5() != null ? digest("MD5") : null;
        this.wire = new Wire(
                digested(digested(connection.getInputStream(), sentSha256), sentMd5), budget.deadline(), clock);
        if (WebPage.isAnnouncedBy(announced.contentType())) {
            throw webPage();
        }
        if (announced.length() > budget.bytes()) {
            close();
            throw new OutOfBudgetException(
                    "The output has " + announced.length() + " bytes, more than " + budget.bytes() + ".");
        }
    }

    public String contentType() {
        return announced.contentType();
    }

    /** The {@code Content-Encoding} of the bytes that are read: what is left after gzip, which is decoded. */
    public Optional<String> contentEncoding() {
        return Optional.of(announced.encoding()).filter(encoding -> !encoding.isEmpty());
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read;
        try {
            if (in == null) {
                in = digested(Gzip.undone(wire, announced.gzips()), plainMd5);
            }
            read = in.read(buffer, offset, length);
        } catch (ZipException | EOFException e) {
            throw new PlatformFailure(
                    ErrorCode.BAD_GATEWAY,
                    "The output's gzip is damaged or incomplete after " + bytes + " bytes.",
                    null,
                    e);
        }
        if (read < 0) {
            wire.transferTo(OutputStream.nullOutputStream()); // bytes after the end of gzip
            atEnd = true;
            return read;
        }
        if (bytes < beginning.length) {
            System.arraycopy(buffer, offset, beginning, (int) bytes, Math.min(read, beginning.length - (int) bytes));
        }
        bytes += read;
        if (bytes > budget.bytes()) {
            throw new OutOfBudgetException("The output has more than " + budget.bytes() + " bytes.");
        }
        return read;
    }

    /**
     * Checks the download: that it can be an output, and that it matches Content-Length and the checksum, SHA-256
     * ({@code Repr-Digest}, {@code Digest}) or MD5 ({@code Content-MD5}, {@code x-goog-hash}), if the platform sends
     * one. The checksum may be that of the compressed or of the decompressed bytes, because servers send both.
     *
     * @param sha256 of all bytes that were read, in lower-case hex
     * @throws PlatformFailure when a check fails, or when there are neither length, chunks nor checksum to detect a
     *     broken connection
     */
    public void verify(String sha256) {
        long length = announced.length();
        if (length < 0 && !announced.chunked() && announced.sha256() == null && announced.md5() == null) {
            throw failure(
                    "The platform sent neither the output's length nor a checksum, so the output may be incomplete.");
        }
        if (length >= 0 && length != wire.bytes()) {
            throw failure("The platform announced " + length + " bytes and sent " + wire.bytes() + ".");
        }
        if (bytes <= beginning.length
                && BLANK.matcher(new String(beginning, 0, (int) bytes, StandardCharsets.ISO_8859_1))
                        .matches()) {
            throw failure("The platform's output is empty.");
        }
        if (WebPage.beginsWith(beginning, (int) Math.min(bytes, beginning.length))) {
            throw webPage();
        }
        String expected = announced.sha256();
        if (expected != null
                && !expected.equals(sha256)
                && (sentSha256 == null || !expected.equals(HexFormat.of().formatHex(sentSha256.digest())))) {
            throw damaged("SHA-256");
        }
        if (announced.md5() != null && !isMd5(sentMd5) && !isMd5(plainMd5)) {
            throw damaged("MD5");
        }
    }

    /** Leaves the connection to the next request if everything was read. */
    @Override
    public void close() {
        if (!atEnd) {
            connection.disconnect();
        }
    }

    private boolean isMd5(@Nullable MessageDigest digest) {
        return digest != null
                && Base64.getEncoder().encodeToString(digest.digest()).equals(announced.md5());
    }

    private PlatformFailure webPage() {
        close();
        return failure(
                "The platform answered with a web page (" + announced.contentType() + ") instead of the output.");
    }

    private static PlatformFailure damaged(String checksum) {
        return failure("The output's " + checksum + " is not what the platform announced.");
    }

    private static PlatformFailure failure(String message) {
        return new PlatformFailure(ErrorCode.BAD_GATEWAY, message, null, null);
    }

    private static InputStream digested(InputStream in, @Nullable MessageDigest digest) {
        return digest == null ? in : new DigestInputStream(in, digest);
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256 and MD5.", e);
        }
    }
}
