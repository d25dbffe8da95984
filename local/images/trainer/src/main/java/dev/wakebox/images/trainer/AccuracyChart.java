package dev.wakebox.images.trainer;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/** Draws the accuracy by epoch. It has its own letters, because an instance may have no fonts. */
final class AccuracyChart {
    private static final int WIDTH = 700;
    private static final int HEIGHT = 500;
    private static final int LEFT = 70;
    private static final int RIGHT = 670;
    private static final int TOP = 30;
    private static final int BOTTOM = 430;
    private static final int PIXEL = 3;
    private static final Color TRAIN = new Color(0x1F77B4);
    private static final Color HELD_OUT = new Color(0xFF7F0E);
    private static final Color GRID = new Color(0xDDDDDD);

    /** Glyphs of five rows with three pixels; each row is an octal digit. */
    private static final Map<Character, String> LETTERS = Map.ofEntries(
            Map.entry('0', "75557"),
            Map.entry('1', "26227"),
            Map.entry('2', "71747"),
            Map.entry('3', "71717"),
            Map.entry('4', "55711"),
            Map.entry('5', "74717"),
            Map.entry('6', "74757"),
            Map.entry('7', "71111"),
            Map.entry('8', "75757"),
            Map.entry('9', "75717"),
            Map.entry('%', "51245"),
            Map.entry(' ', "00000"),
            Map.entry('A', "25755"),
            Map.entry('C', "74447"),
            Map.entry('D', "65556"),
            Map.entry('E', "74647"),
            Map.entry('H', "55755"),
            Map.entry('I', "72227"),
            Map.entry('L', "44447"),
            Map.entry('N', "65555"),
            Map.entry('O', "75557"),
            Map.entry('P', "75744"),
            Map.entry('R', "65655"),
            Map.entry('T', "72222"),
            Map.entry('U', "55557"));

    private AccuracyChart() {}

    /** A JPEG of the two curves; the curve of held-out rows is omitted when there are none. */
    static byte[] jpeg(List<LinearTraining.Epoch> epochs) {
        var image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, WIDTH, HEIGHT);
        axes(graphics, epochs.size());
        curve(graphics, TRAIN, epochs, LinearTraining.Epoch::train);
        curve(graphics, HELD_OUT, epochs, LinearTraining.Epoch::heldOut);
        legend(graphics, TRAIN, "TRAIN", BOTTOM - 60);
        legend(graphics, HELD_OUT, "HELD OUT", BOTTOM - 35);
        graphics.dispose();
        var jpeg = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "jpeg", jpeg);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return jpeg.toByteArray();
    }

    private static void axes(Graphics2D graphics, int epochs) {
        for (int percent = 0; percent <= 100; percent += 25) {
            int y = y(percent / 100.0);
            graphics.setColor(GRID);
            graphics.drawLine(LEFT, y, RIGHT, y);
            String text = percent + "%";
            write(graphics, text, LEFT - 10 - width(text), y - 5 * PIXEL / 2);
        }
        for (int epoch = 1; epoch <= epochs; epoch++) {
            String text = String.valueOf(epoch);
            write(graphics, text, x(epoch, epochs) - width(text) / 2, BOTTOM + 12);
        }
        write(graphics, "EPOCH", (LEFT + RIGHT - width("EPOCH")) / 2, BOTTOM + 40);
        graphics.setColor(Color.BLACK);
        graphics.drawRect(LEFT, TOP, RIGHT - LEFT, BOTTOM - TOP);
    }

    private static void curve(
            Graphics2D graphics,
            Color colour,
            List<LinearTraining.Epoch> epochs,
            Function<LinearTraining.Epoch, SoftmaxRegression.@Nullable Score> which) {
        int[] x = epochs.stream()
                .mapToInt(epoch -> x(epoch.number(), epochs.size()))
                .toArray();
        int[] y = epochs.stream()
                .map(which)
                .filter(Objects::nonNull)
                .mapToInt(score -> y(score.accuracy()))
                .toArray();
        graphics.setColor(colour);
        graphics.setStroke(new BasicStroke(3));
        graphics.drawPolyline(x, y, y.length);
        for (int i = 0; i < y.length; i++) {
            graphics.fillOval(x[i] - 4, y[i] - 4, 8, 8);
        }
        graphics.setStroke(new BasicStroke(1));
    }

    private static void legend(Graphics2D graphics, Color colour, String text, int y) {
        int x = RIGHT - 20 - width("HELD OUT");
        graphics.setColor(colour);
        graphics.fillRect(x - 40, y + 2 * PIXEL, 30, PIXEL);
        write(graphics, text, x, y);
    }

    private static void write(Graphics2D graphics, String text, int x, int y) {
        graphics.setColor(Color.BLACK);
        for (int i = 0; i < text.length(); i++) {
            String letter = Objects.requireNonNull(LETTERS.get(text.charAt(i)));
            for (int row = 0; row < letter.length(); row++) {
                for (int column = 0; column < 3; column++) {
                    if ((letter.charAt(row) - '0' & 4 >> column) != 0) {
                        graphics.fillRect(x + (4 * i + column) * PIXEL, y + row * PIXEL, PIXEL, PIXEL);
                    }
                }
            }
        }
    }

    private static int width(String text) {
        return (4 * text.length() - 1) * PIXEL;
    }

    private static int x(int epoch, int epochs) {
        return LEFT + (int) ((epoch - 0.5) / epochs * (RIGHT - LEFT));
    }

    private static int y(double accuracy) {
        return BOTTOM - (int) Math.round(accuracy * (BOTTOM - TOP));
    }
}
