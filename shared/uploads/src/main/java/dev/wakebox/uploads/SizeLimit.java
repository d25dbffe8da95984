package dev.wakebox.uploads;

/**
 * The largest file that an announced upload may have.
 *
 * @param megabytes of 1,048,576 bytes
 */
public record SizeLimit(int megabytes) {
    /** 10,000 parts, as many as S3 takes. */
    private static final int MOST = 50_000;

    public SizeLimit {
        if (megabytes < 1 || megabytes > MOST) {
            throw new IllegalArgumentException(
                    "The size limit of uploads is " + megabytes + " MB; it must be from 1 to " + MOST + ".");
        }
    }

    public long bytes() {
        return megabytes * 1024L * 1024;
    }
}
