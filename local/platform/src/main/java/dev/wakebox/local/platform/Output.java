package dev.wakebox.local.platform;

import static java.util.Objects.requireNonNull;

import java.util.SplittableRandom;

/**
 * A completed job's output, made up of as many bytes as wanted.
 *
 * @param filename as the platform calls it
 * @param announced whether Content-Length and checksum are sent ahead; otherwise the body is chunked
 * @param fault what goes wrong
 * @param faults how many times it does, before all is well
 */
public record Output(String id, long bytes, String filename, boolean announced, Fault fault, int faults) {
    private static final int BLOCK = 1 << 16;

    public Output {
        requireNonNull(id, "id is null");
        requireNonNull(filename, "filename is null");
        requireNonNull(fault, "fault is null");
    }

    /** An output that is delivered. */
    public static Output of(String id, long bytes) {
        return new Output(id, bytes, "labels.json", true, new Fault.None(), 0);
    }

    /** The same with something going wrong the first times. */
    public Output failing(Fault newFault, int times) {
        return new Output(id, bytes, filename, announced, newFault, times);
    }

    /** The same without Content-Length and checksum. */
    public Output unannounced() {
        return new Output(id, bytes, filename, false, fault, faults);
    }

    /** The bytes that the output repeats: printable, and others for another id. */
    byte[] block() {
        var random = new SplittableRandom(id.hashCode());
        byte[] block = new byte[BLOCK];
        for (int i = 0; i < BLOCK; i++) {
            block[i] = (byte) (random.nextInt('~' - ' ') + ' ');
        }
        return block;
    }
}
