package dev.wakebox.images.processor;

import java.util.Arrays;
import java.util.Locale;

/**
 * A stretch of the file, measured.
 *
 * @param number from 1
 * @param offset of its first byte in the file
 */
record Frame(int number, long offset, byte[] bytes) {
    /** A second of the demo's time is so many frames. */
    static final double PER_SECOND = 25;

    private static final double TEXT_SHARE = 0.95;

    /** {@code text} when nearly all of its bytes are printable, {@code binary} otherwise. */
    String kind() {
        int printable = 0;
        for (byte b : bytes) {
            if ((b >= 0x20 && b < 0x7f) || b == '\n' || b == '\r' || b == '\t') {
                printable++;
            }
        }
        return printable >= TEXT_SHARE * bytes.length ? "text" : "binary";
    }

    /** Bits a byte: 0 when all bytes are the same, 8 when every byte is equally frequent. */
    double entropy() {
        var counts = new int[256];
        for (byte b : bytes) {
            counts[b & 0xff]++;
        }
        double entropy = 0;
        for (int count : counts) {
            if (count > 0) {
                double share = (double) count / bytes.length;
                entropy -= share * Math.log(share) / Math.log(2);
            }
        }
        return entropy;
    }

    /** For each byte by how much it is above the other frame's byte at the same place, from 0 to 1. */
    double[] above(Frame other) {
        var above = new double[Math.min(bytes.length, other.bytes.length)];
        for (int i = 0; i < above.length; i++) {
            above[i] = Math.max(0, (bytes[i] & 0xff) - (other.bytes[i] & 0xff)) / 255.0;
        }
        return above;
    }

    /** For each run of equal bytes how long it is. */
    double[] runs() {
        var runs = new double[bytes.length];
        int count = 0;
        int start = 0;
        for (int i = 1; i <= bytes.length; i++) {
            if (i == bytes.length || bytes[i] != bytes[start]) {
                runs[count++] = i - start;
                start = i;
            }
        }
        return Arrays.copyOf(runs, count);
    }

    /** When it comes in the demo's time. */
    double second() {
        return (number - 1) / PER_SECOND;
    }

    String csv() {
        var values = new double[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            values[i] = bytes[i] & 0xff;
        }
        return String.format(
                Locale.ROOT,
                "%d,%.3f,%d,%d,%s,%.6f,%s",
                number,
                second(),
                offset,
                bytes.length,
                kind(),
                entropy(),
                Statistics.of(values).csv());
    }
}
