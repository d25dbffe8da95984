package dev.wakebox.images.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class AccuracyChartTest {
    @Test
    void jpeg_drawsBothCurvesWhereTheirValuesAre() throws IOException {
        BufferedImage chart = chart(List.of(epoch(1, 0.5, 0.25), epoch(2, 1, 0.5), epoch(3, 1, 0.75)));

        assertThat(isBlue(chart, 170, 230)).isTrue();
        assertThat(isBlue(chart, 570, 30)).isTrue();
        assertThat(isOrange(chart, 170, 330)).isTrue();
        assertThat(isOrange(chart, 370, 230)).isTrue();
        assertThat(isOrange(chart, 570, 130)).isTrue();
        assertThat(chart.getRGB(570, 300) & 0xFF).isGreaterThan(200);
    }

    @Test
    void jpeg_whenNothingIsHeldOut_drawsOneCurve() throws IOException {
        var epoch = new LinearTraining.Epoch(1, 0.1, new SoftmaxRegression.Score(1, 0.5), null);

        BufferedImage chart = chart(List.of(epoch));

        assertThat(isBlue(chart, 370, 230)).isTrue();
    }

    private static LinearTraining.Epoch epoch(int number, double train, double heldOut) {
        return new LinearTraining.Epoch(
                number, 0.1, new SoftmaxRegression.Score(1, train), new SoftmaxRegression.Score(1, heldOut));
    }

    private static BufferedImage chart(List<LinearTraining.Epoch> epochs) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(AccuracyChart.jpeg(epochs)));
    }

    private static boolean isBlue(BufferedImage image, int x, int y) {
        int rgb = image.getRGB(x, y);
        return (rgb & 0xFF) > (rgb >> 16 & 0xFF) + 60;
    }

    private static boolean isOrange(BufferedImage image, int x, int y) {
        int rgb = image.getRGB(x, y);
        return (rgb >> 16 & 0xFF) > (rgb & 0xFF) + 60;
    }
}
