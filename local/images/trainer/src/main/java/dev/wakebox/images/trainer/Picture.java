package dev.wakebox.images.trainer;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/**
 * Computes the features of a picture: the colours of a grid of 8 × 8 fields, and the directions of its edges in 4 × 4
 * cells. docs/trainer-image.md describes them for other readers.
 */
final class Picture {
    private static final int SIDE = 32;
    private static final int FIELDS = 8;
    private static final int CELLS = 4;
    private static final int DIRECTIONS = 9;
    private static final int COLOURS = FIELDS * FIELDS * 3;

    /** The number of features. */
    static final int DIMENSION = COLOURS + CELLS * CELLS * DIRECTIONS;

    /** A larger picture is first reduced, so that it needs no more memory than this. */
    private static final int LARGEST_SIDE = 512;

    /** Prevents rounding errors of a plain picture from becoming edges. */
    private static final double NOISE = 0.01;

    private static final long MOST_PIXELS = 100_000_000;

    private Picture() {}

    /** The features of a PNG, JPEG, GIF or BMP file; empty when it can't be decoded. */
    static Optional<float[]> numbers(byte[] file) {
        try (var input = ImageIO.createImageInputStream(new ByteArrayInputStream(file))) {
            var readers = ImageIO.getImageReaders(input);
            if (!readers.hasNext()) {
                return Optional.empty();
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(input, true, true);
                return numbers(reader);
            } finally {
                reader.dispose();
            }
        } catch (IOException | RuntimeException e) {
            // The decoders throw any exception for a broken file, such as an index out of bounds.
            return Optional.empty();
        }
    }

    private static Optional<float[]> numbers(ImageReader reader) throws IOException {
        int width = reader.getWidth(0);
        int height = reader.getHeight(0);
        if ((long) width * height > MOST_PIXELS) {
            return Optional.empty();
        }
        var every = reader.getDefaultReadParam();
        every.setSourceSubsampling(Math.ceilDiv(width, LARGEST_SIDE), Math.ceilDiv(height, LARGEST_SIDE), 0, 0);
        return Optional.of(numbers(reader.read(0, every)));
    }

    private static float[] numbers(BufferedImage image) {
        float[][][] pixels = scaled(image);
        var numbers = new float[DIMENSION];
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                int field = (y * FIELDS / SIDE * FIELDS + x * FIELDS / SIDE) * 3;
                for (int colour = 0; colour < 3; colour++) {
                    numbers[field + colour] += pixels[y][x][colour] * FIELDS * FIELDS / (SIDE * SIDE);
                }
            }
        }
        addEdges(pixels, numbers);
        return numbers;
    }

    /**
     * Red, green and blue from 0 to 1 of each pixel of a square with this side; each is the mean of the pixels that it
     * covers.
     */
    private static float[][][] scaled(BufferedImage image) {
        var pixels = new float[SIDE][SIDE][3];
        for (int y = 0; y < SIDE; y++) {
            int top = y * image.getHeight() / SIDE;
            int bottom = Math.max(top + 1, (y + 1) * image.getHeight() / SIDE);
            for (int x = 0; x < SIDE; x++) {
                int left = x * image.getWidth() / SIDE;
                int right = Math.max(left + 1, (x + 1) * image.getWidth() / SIDE);
                for (int row = top; row < bottom; row++) {
                    for (int column = left; column < right; column++) {
                        add(pixels[y][x], image.getRGB(column, row), (bottom - top) * (right - left));
                    }
                }
            }
        }
        return pixels;
    }

    /** Adds the share of one pixel; a transparent pixel has a white background. */
    private static void add(float[] sum, int argb, int pixels) {
        float alpha = (argb >>> 24) / 255f;
        for (int colour = 0; colour < 3; colour++) {
            float value = (argb >>> (16 - 8 * colour) & 0xFF) / 255f;
            sum[colour] += (value * alpha + 1 - alpha) / pixels;
        }
    }

    /**
     * Adds the histograms of directions, in which each edge counts by its strength. Together they have length 1, unless
     * there are almost no edges.
     */
    private static void addEdges(float[][][] pixels, float[] numbers) {
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                double across = grey(pixels, x + 1, y) - grey(pixels, x - 1, y);
                double down = grey(pixels, x, y + 1) - grey(pixels, x, y - 1);
                double turn = Math.atan2(down, across) / Math.PI;
                int direction = (int) Math.floor((turn < 0 ? turn + 1 : turn) * DIRECTIONS) % DIRECTIONS;
                int cell = y * CELLS / SIDE * CELLS + x * CELLS / SIDE;
                numbers[COLOURS + cell * DIRECTIONS + direction] += (float) Math.hypot(across, down);
            }
        }
        double squares = NOISE;
        for (int i = COLOURS; i < DIMENSION; i++) {
            squares += numbers[i] * (double) numbers[i];
        }
        for (int i = COLOURS; i < DIMENSION; i++) {
            numbers[i] /= (float) Math.sqrt(squares);
        }
    }

    private static double grey(float[][][] pixels, int x, int y) {
        float[] pixel = pixels[Math.clamp(y, 0, SIDE - 1)][Math.clamp(x, 0, SIDE - 1)];
        return 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2];
    }
}
