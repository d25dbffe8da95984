package dev.wakebox.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatrixTest {
    @ParameterizedTest
    @CsvSource({"1, 1, 1", "4, 4, 8", "7, 6, 5", "33, 13, 259", "3, 384, 600", "8, 2, 256"})
    void times_whateverTheSizes_isTheProduct(int rows, int inner, int columns) {
        var random = new Random(1);
        float[][] left = numbers(rows, inner, random);
        float[][] right = numbers(inner, columns, random);

        float[][] product;
        try (var memory = Arena.ofConfined();
                var a = Matrix.of(left, memory);
                var b = Matrix.of(right, memory)) {
            product = a.times(b);
        }

        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                double expected = 0;
                for (int k = 0; k < inner; k++) {
                    expected += (double) left[i][k] * right[k][j];
                }
                assertThat((double) product[i][j]).isCloseTo(expected, within(1e-4));
            }
        }
    }

    @Test
    void softmaxOfProduct_always_hasTheProbabilitiesOfEachRow() {
        var rows = new float[2][3];
        try (var memory = Arena.ofConfined();
                var left = Matrix.of(new float[][] {{1}, {1000}}, memory);
                var right = Matrix.of(new float[][] {{1, 2, 3}}, memory);
                var probabilities = new Matrix(2, 3, memory)) {
            left.softmaxOfProduct(right, probabilities);
            probabilities.get(rows);
        }

        assertThat(rows[0]).containsExactly(new float[] {0.0900306f, 0.2447285f, 0.6652409f}, within(1e-6f));
        assertThat(rows[1]).containsExactly(new float[] {0, 0, 1}, within(1e-6f));
    }

    @Test
    void times_intoTheFirstRows_leavesTheOthers() {
        var rows = new float[3][1];
        try (var memory = Arena.ofConfined();
                var left = Matrix.of(new float[][] {{4, 5}, {6, 7}}, memory);
                var right = Matrix.of(new float[][] {{1}, {10}}, memory);
                var product = Matrix.of(new float[][] {{1}, {2}, {3}}, memory)) {
            try (var first = product.first(2)) {
                left.times(right, first);
            }
            product.get(rows);
        }

        assertThat(rows).isDeepEqualTo(new float[][] {{54}, {76}, {3}});
    }

    private static float[][] numbers(int rows, int columns, Random random) {
        var numbers = new float[rows][columns];
        for (float[] row : numbers) {
            for (int i = 0; i < columns; i++) {
                row[i] = (float) random.nextGaussian();
            }
        }
        return numbers;
    }
}
