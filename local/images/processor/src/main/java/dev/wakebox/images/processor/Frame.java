package dev.wakebox.images.processor;

import java.util.Arrays;
import java.util.Locale;

/**
 * The measures of a section of the file.
 *
 * @param number from 1
 * @param offset of its first byte in the file
 */
record Frame(int number, long offset, byte[] bytes) {
    /** Frames per second of the demo's time. */
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

    /** Bits per byte: 0 when all bytes are equal, 8 when all values are equally frequent. */
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

    /** The excess of each byte over the byte at the same position of the other frame, from 0 to 1. */
    double[] above(Frame other) {
        var above = new double[Math.min(bytes.length, other.bytes.length)];
        for (int i = 0; i < above.length; i++) {
            above[i] = Math.max(0, (bytes[i] & 0xff) - (other.bytes[i] & 0xff)) / 255.0;
        }
        return above;
    }

    /** The lengths of runs of equal bytes. */
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

    /** Its position in the demo's time. */
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
