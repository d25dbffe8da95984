package dev.wakebox.classifier;

import static java.util.Objects.requireNonNull;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Set;

/**
 * A float matrix outside the heap. ONNX Runtime computes with it: in a third of the time of loops that the JIT compiles. The same
 * matrices have the same product on the same kind of processor.
 *
 * <p>The {@link Encoder} has to be loaded first, because it tells where the native library is. Not thread-safe.
 */
final class Matrix implements AutoCloseable {
    private static final String LEFT = "left";
    private static final String RIGHT = "right";
    private static final String RESULT = "result";

    /** What ONNX Runtime computes. Opened with the first matrix. */
    private static final class Operations {
        private static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();
        private static final OrtSession PRODUCT =
                open(new OnnxModel().node("MatMul", RESULT, LEFT, RIGHT).toBytes(RESULT, LEFT, RIGHT));
        private static final OrtSession PROBABILITIES = open(new OnnxModel()
                .node("MatMul", "logits", LEFT, RIGHT)
                .node("Softmax", RESULT, "logits")
                .toBytes(RESULT, LEFT, RIGHT));

        private static OrtSession open(byte[] model) {
            try (var options = new OrtSession.SessionOptions()) {
                options.setIntraOpNumThreads(1);
                options.setInterOpNumThreads(1);
                return ENVIRONMENT.createSession(model, options);
            } catch (OrtException e) {
                throw failed(e);
            }
        }
    }

    private final int rows;
    private final int columns;
    private final FloatBuffer values;
    private final OnnxTensor tensor;

    private Matrix(int rows, int columns, FloatBuffer values) {
        this.rows = rows;
        this.columns = columns;
        this.values = requireNonNull(values, "values is null");
        try {
            this.tensor = OnnxTensor.createTensor(Operations.ENVIRONMENT, values, new long[] {rows, columns});
        } catch (OrtException e) {
            throw failed(e);
        }
    }

    /** A matrix of zeros, which is freed with the memory. */
    Matrix(int rows, int columns, Arena memory) {
        this(
                rows,
                columns,
                memory.allocate(ValueLayout.JAVA_FLOAT, (long) rows * columns)
                        .asByteBuffer()
                        .order(ByteOrder.nativeOrder())
                        .asFloatBuffer());
    }

    /** A copy of rows. */
    static Matrix of(float[][] rows, Arena memory) {
        var matrix = new Matrix(rows.length, rows[0].length, memory);
        matrix.set(rows);
        return matrix;
    }

    int rows() {
        return rows;
    }

    /** Its first rows, in the same memory. */
    Matrix first(int count) {
        return new Matrix(count, columns, values.slice(0, count * columns));
    }

    /** Replaces the first rows. */
    void set(float[][] with) {
        for (int row = 0; row < with.length; row++) {
            set(row, with[row]);
        }
    }

    void set(int row, float[] with) {
        values.put(row * columns, with);
    }

    /** Copies the first rows. */
    void get(float[][] into) {
        for (int row = 0; row < into.length; row++) {
            get(row, into[row]);
        }
    }

    float get(int row, int column) {
        return values.get(row * columns + column);
    }

    void set(int row, int column, float value) {
        values.put(row * columns + column, value);
    }

    void get(int row, float[] into) {
        values.get(row * columns, into);
    }

    /** Writes the product with another matrix into a third. */
    void times(Matrix right, Matrix product) {
        run(Operations.PRODUCT, right, product);
    }

    /** Writes the softmax of each row of the product with another matrix into a third. */
    void softmaxOfProduct(Matrix right, Matrix probabilities) {
        run(Operations.PROBABILITIES, right, probabilities);
    }

    private void run(OrtSession operation, Matrix right, Matrix result) {
        try (var _ =
                operation.run(Map.of(LEFT, tensor, RIGHT, right.tensor), Set.of(), Map.of(RESULT, result.tensor))) {
            // it is in the memory of the result
        } catch (OrtException e) {
            throw failed(e);
        }
    }

    /** The rows of the product with another matrix. */
    float[][] times(Matrix right) {
        try (var memory = Arena.ofConfined();
                var product = new Matrix(rows, right.columns, memory)) {
            times(right, product);
            var copy = new float[rows][right.columns];
            product.get(copy);
            return copy;
        }
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

    @Override
    public void close() {
        tensor.close();
    }

    private static IllegalStateException failed(OrtException e) {
        return new IllegalStateException("ONNX Runtime failed: " + e.getMessage(), e);
    }
}
