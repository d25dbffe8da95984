package dev.wakebox.images.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PictureTest {
    private static final int COLOURS = 192;

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpeg", "gif", "bmp"})
    void numbers_whateverTheFormat_areOneLength(String format) {
        float[] numbers =
                Picture.numbers(Requests.file(plain(20, 10, 0xFF3366), format)).orElseThrow();

        assertThat(numbers).hasSize(Picture.DIMENSION);
        assertThat(numbers[0]).isCloseTo(1f, within(0.05f));
        assertThat(numbers[1]).isCloseTo(0.2f, within(0.1f));
        assertThat(numbers[2]).isCloseTo(0.4f, within(0.1f));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 31, 32, 33, 700})
    void numbers_whateverTheSize_areTheColoursOfTheFields(int side) {
        float[] numbers = Picture.numbers(Requests.file(plain(side, side, 0x4080C0), "png"))
                .orElseThrow();

        for (int field = 0; field < COLOURS; field += 3) {
            assertThat(numbers[field]).isCloseTo(0x40 / 255f, within(1e-4f));
            assertThat(numbers[field + 1]).isCloseTo(0x80 / 255f, within(1e-4f));
            assertThat(numbers[field + 2]).isCloseTo(0xC0 / 255f, within(1e-4f));
        }
        assertThat(length(numbers)).as("edges").isLessThan(0.01);
    }

    @Test
    void numbers_ofAnEdge_tellItsDirection() {
        float[] upright = edge(true);
        float[] level = edge(false);

        assertThat(upright).isNotEqualTo(level);
        for (int cell = COLOURS; cell < Picture.DIMENSION; cell += 9) {
            assertThat(upright[cell + 4]).as("an upright edge changes across").isZero();
            assertThat(level[cell]).as("a level edge changes down").isZero();
        }
        assertThat(length(upright)).isCloseTo(1, within(1e-2));
        assertThat(length(level)).isCloseTo(1, within(1e-2));
    }

    @Test
    void numbers_whenTransparent_lieOnWhite() {
        var clear = new BufferedImage(16, 16, BufferedImage.TYPE_INT_ARGB);

        assertThat(Picture.numbers(Requests.file(clear, "png")).orElseThrow()[0])
                .isCloseTo(1f, within(1e-4f));
    }

    @Test
    void numbers_whenTheFileIsBroken_areNone() {
        byte[] good = Requests.picture("disc", 3);
        var random = new Random(11);
        for (int i = 0; i < 200; i++) {
            byte[] broken = Arrays.copyOf(good, random.nextInt(good.length));
            for (int edit = 0; edit < 5 && broken.length > 0; edit++) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt();
            }
            assertThat(Picture.numbers(broken).map(numbers -> numbers.length).orElse(Picture.DIMENSION))
                    .isEqualTo(Picture.DIMENSION);
        }
        assertThat(Picture.numbers(new byte[0])).isEmpty();
        assertThat(Picture.numbers("RIFF____WEBPVP8 ".getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
                .isEmpty();
    }

    private static BufferedImage plain(int width, int height, int rgb) {
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < width; x++) {
            for (int y = 0; y < height; y++) {
                image.setRGB(x, y, rgb);
            }
        }
        return image;
    }

    private static float[] edge(boolean upright) {
        BufferedImage image = plain(32, 32, 0);
        for (int along = 0; along < 32; along++) {
            for (int across = 20; across < 32; across++) {
                image.setRGB(upright ? across : along, upright ? along : across, 0xFFFFFF);
            }
        }
        return Picture.numbers(Requests.file(image, "png")).orElseThrow();
    }

    private static double length(float[] numbers) {
        double squares = 0;
        for (int i = COLOURS; i < numbers.length; i++) {
            squares += numbers[i] * (double) numbers[i];
        }
        return Math.sqrt(squares);
    }
}
