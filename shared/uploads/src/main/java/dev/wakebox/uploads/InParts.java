package dev.wakebox.uploads;

import static java.util.Objects.requireNonNull;

/**
 * The parts in which a file is sent: all of {@value #PART_BYTES} bytes, but for the last one.
 *
 * @param uploadId S3's id of the multipart upload
 * @param size of the whole file, in bytes
 */
public record InParts(String uploadId, long size) {
    /** S3's smallest part, which is also the part of {@code @uppy/aws-s3}. */
    public static final int PART_BYTES = 5 * 1024 * 1024;

    public InParts {
        requireNonNull(uploadId, "uploadId is null");
        if (size < 1) {
            throw new IllegalArgumentException("size is " + size);
        }
    }

    /** The number of parts; they are numbered from 1. */
    public int count() {
        return Math.toIntExact(Math.ceilDiv(size, (long) PART_BYTES));
    }

    /** The bytes of the part with this number. */
    public long length(int number) {
        if (number < 1 || number > count()) {
            throw new IllegalArgumentException("There is no part " + number + " of " + count() + ".");
        }
        return number < count() ? PART_BYTES : size - (count() - 1L) * PART_BYTES;
    }
}
