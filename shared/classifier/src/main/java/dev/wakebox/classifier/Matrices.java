package dev.wakebox.classifier;

/** Products of float matrices, in loops that the JIT compiles to vector instructions. A matrix is an array of rows. */
final class Matrices {
    /** Columns that are added at once: four rows of them stay in the processor's first cache. */
    private static final int TILE = 1024;

    /** Columns of the left matrix that one loop handles. */
    private static final int BLOCK = 4;

    private Matrices() {}

    /** Adds the product of two matrices to a third. The order of the additions depends on the sizes alone. */
    static void addProduct(float[][] left, float[][] right, float[][] sum) {
        int columns = right[0].length;
        for (int from = 0; from < columns; from += TILE) {
            int to = Math.min(columns, from + TILE);
            int inner = 0;
            for (; inner + BLOCK <= right.length; inner += BLOCK) {
                for (int row = 0; row < left.length; row++) {
                    addBlock(
                            left[row],
                            inner,
                            right[inner],
                            right[inner + 1],
                            right[inner + 2],
                            right[inner + 3],
                            sum[row],
                            from,
                            to);
                }
            }
            for (; inner < right.length; inner++) {
                for (int row = 0; row < left.length; row++) {
                    add(left[row][inner], right[inner], sum[row], from, to);
                }
            }
        }
    }

    static float[][] product(float[][] left, float[][] right) {
        var product = new float[left.length][right[0].length];
        addProduct(left, right, product);
        return product;
    }

    /** A copy with rows as columns. */
    static float[][] transposed(float[][] rows) {
        var columns = new float[rows[0].length][rows.length];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < columns.length; j++) {
                columns[j][i] = rows[i][j];
            }
        }
        return columns;
    }

    /** Adds {@code factor} times a row to another. */
    private static void add(float factor, float[] row, float[] to, int from, int end) {
        for (int i = from; i < end; i++) {
            to[i] += factor * row[i];
        }
    }

    /**
     * Adds four rows, each times a factor. The JIT makes vector instructions of this loop because it is short, writes one
     * array, and reads each at the same index; a loop that did more at once takes three times as long.
     */
    private static void addBlock(
            float[] factors, int at, float[] a, float[] b, float[] c, float[] d, float[] sum, int from, int to) {
        float ofA = factors[at];
        float ofB = factors[at + 1];
        float ofC = factors[at + 2];
        float ofD = factors[at + 3];
        for (int i = from; i < to; i++) {
            sum[i] += ofA * a[i] + ofB * b[i] + ofC * c[i] + ofD * d[i];
        }
    }
}
