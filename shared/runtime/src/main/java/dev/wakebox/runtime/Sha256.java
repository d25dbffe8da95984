package dev.wakebox.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names for texts that nobody can choose to be the same. */
public final class Sha256 {
    private static final int BYTES = 32;

    private Sha256() {}

    /** The hash of the text, in 64 hexadecimal digits. */
    public static String hex(String text) {
        return hex(text, BYTES);
    }

    /** The first bytes of the text's hash, in hexadecimal digits. */
    public static String hex(String text, int bytes) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)), 0, bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256.", e);
        }
    }
}
