package dev.wakebox.local.platform;

import static java.util.Objects.requireNonNull;

import java.util.SplittableRandom;

/**
 * The generated output of a completed job.
 *
 * @param filename its name on the platform
 * @param announced whether Content-Length and a checksum are sent; otherwise the body is chunked
 * @param fault the fault of the first deliveries
 * @param faults number of deliveries with the fault
 */
public record Output(String id, long bytes, String filename, boolean announced, DeliveryFault fault, int faults) {
    private static final int BLOCK = 1 << 16;

    public Output {
        requireNonNull(id, "id is null");
        requireNonNull(filename, "filename is null");
        requireNonNull(fault, "fault is null");
    }

    /** An output without a fault. */
    public static Output of(String id, long bytes) {
        return new Output(id, bytes, "labels.json", true, new DeliveryFault.None(), 0);
    }

    /** The same output, with a fault in the first deliveries. */
    public Output failing(DeliveryFault newFault, int times) {
        return new Output(id, bytes, filename, announced, newFault, times);
    }

    /** The same output without Content-Length and checksum. */
    public Output unannounced() {
        return new Output(id, bytes, filename, false, fault, faults);
    }

    /** The bytes that the output repeats: printable, and different for each id. */
    byte[] block() {
        var random = new SplittableRandom(id.hashCode());
        byte[] block = new byte[BLOCK];
        for (int i = 0; i < BLOCK; i++) {
            block[i] = (byte) (random.nextInt('~' - ' ') + ' ');
        }
        return block;
    }
}
