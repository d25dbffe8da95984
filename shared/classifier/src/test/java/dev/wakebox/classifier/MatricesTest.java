package dev.wakebox.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatricesTest {
    /** Sizes that are and are not multiples of the block, and more columns than a tile has. */
    @ParameterizedTest
    @CsvSource({"1, 1, 1", "4, 4, 8", "7, 6, 5", "33, 13, 259", "3, 384, 600", "8, 2, 256"})
    void addProduct_whateverTheSizes_addsToWhatIsThere(int rows, int inner, int columns) {
        var random = new Random(1);
        float[][] left = numbers(rows, inner, random);
        float[][] right = numbers(inner, columns, random);
        float[][] sum = numbers(rows, columns, random);
        float[][] before = Matrices.transposed(Matrices.transposed(sum));

        Matrices.addProduct(left, right, sum);

        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                double expected = before[i][j];
                for (int k = 0; k < inner; k++) {
                    expected += (double) left[i][k] * right[k][j];
                }
                assertThat((double) sum[i][j]).isCloseTo(expected, within(1e-4));
            }
        }
    }

    @Test
    void exp_always_isExactToFiveDigits() {
        var values = new float[200];
        for (int i = 0; i < values.length; i++) {
            values[i] = 3 - i * 0.13f;
        }
        float[] given = values.clone();

        float sum = Vectors.exp(values, 3);

        double expected = 0;
        for (int i = 0; i < values.length; i++) {
            double exact = Math.exp(given[i] - 3);
            expected += exact;
            assertThat((double) values[i]).isCloseTo(exact, within(3e-5 * exact));
        }
        assertThat((double) sum).isCloseTo(expected, within(3e-5 * expected));
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
