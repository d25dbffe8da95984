package dev.wakebox.functions.upload;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Makes ids of uploads. */
final class UploadIds {
    /** 128 bits, so that an id can't be guessed. */
    private static final int BYTES = 16;

    private UploadIds() {}

    static String next(RandomGenerator random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
