package dev.wakebox.classifier;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/** Reads and writes the model file; docs/model-format.md describes its layout. */
final class ModelFile {
    private static final byte[] MAGIC = "WAKEBOXC".getBytes(UTF_8);
    static final int VERSION = 1;
    /** The offsets of the fixed fields. */
    private static final List<Example.Kind> KINDS = List.of(Example.Kind.QUESTION, Example.Kind.PARAPHRASE);

    private static final int HASH = 32;
    private static final int HEADER = MAGIC.length + 2 * Integer.BYTES + HASH + 3 * Integer.BYTES + 2 * Double.BYTES;
    private static final int CHECKSUM = Integer.BYTES;
    private static final String CONTRADICTION = "its sizes contradict each other";

    private ModelFile() {}

    static byte[] write(Classifier classifier) {
        var head = classifier.head();
        List<byte[]> labels =
                classifier.labels().stream().map(label -> label.getBytes(UTF_8)).toList();
        List<byte[]> keys = classifier.known().stream()
                .map(known -> known.key().getBytes(UTF_8))
                .toList();
        int dimension = head.vectors()[0].length;
        int length = HEADER
                + labels.stream()
                        .mapToInt(label -> Integer.BYTES + label.length)
                        .sum()
                + keys.stream()
                        .mapToInt(key -> Integer.BYTES + 1 + Integer.BYTES + key.length)
                        .sum()
                + (keys.size() * dimension + labels.size() * (dimension + 1)) * Float.BYTES
                + Integer.BYTES
                + classifier.attachment().length
                + CHECKSUM;
        ByteBuffer file = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        file.put(MAGIC).putInt(VERSION).putInt(length).put(classifier.encoder());
        file.putInt(dimension).putInt(labels.size()).putInt(keys.size());
        file.putDouble(classifier.calibration().temperature());
        file.putDouble(classifier.calibration().threshold());
        labels.forEach(label -> file.putInt(label.length).put(label));
        for (int row = 0; row < keys.size(); row++) {
            var known = classifier.known().get(row);
            file.putInt(known.label()).put((byte) KINDS.indexOf(known.kind()));
            file.putInt(keys.get(row).length).put(keys.get(row));
        }
        put(head.vectors(), file);
        put(head.regression().weights(), file);
        put(new float[][] {head.regression().bias()}, file);
        file.putInt(classifier.attachment().length).put(classifier.attachment());
        file.putInt(checksum(file.array()));
        return file.array();
    }

    /** @throws WakeboxException {@code INTERNAL} with the check that failed */
    static Classifier read(byte[] bytes, byte[] encoder) {
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        checkHeader(bytes, file);
        byte[] madeWith = bytes(file, HASH);
        if (!Arrays.equals(madeWith, encoder)) {
            throw unusable("it was made with another sentence encoder; train the mentor again");
        }
        int dimension = count(file, 1, Encoder.DIMENSION);
        int classes = count(file, 1, file.remaining());
        int examples = count(file, 1, file.remaining());
        var calibration = new Calibration(positive(file.getDouble()), number(file.getDouble()));
        var labels = new ArrayList<String>();
        for (int c = 0; c < classes; c++) {
            labels.add(text(file));
        }
        var known = new ArrayList<Classifier.Known>();
        for (int row = 0; row < examples; row++) {
            require(file, Integer.BYTES + 1);
            int label = count(file, 0, classes - 1);
            int kind = file.get();
            if (kind < 0 || kind >= KINDS.size()) {
                throw unusable("an example is of an unknown kind");
            }
            known.add(new Classifier.Known(text(file), label, KINDS.get(kind)));
        }
        long numbers = (long) examples * dimension + (long) classes * (dimension + 1);
        if (file.remaining() < numbers * Float.BYTES + Integer.BYTES + CHECKSUM) {
            throw unusable(CONTRADICTION);
        }
        float[][] vectors = floats(file, examples, dimension);
        float[][] weights = floats(file, classes, dimension);
        float[] bias = floats(file, 1, classes)[0];
        byte[] attachment = bytes(file, count(file, 0, file.remaining() - Integer.BYTES - CHECKSUM));
        if (file.remaining() != CHECKSUM) {
            throw unusable(CONTRADICTION);
        }
        int[] of = known.stream().mapToInt(Classifier.Known::label).toArray();
        var head = new Head(new LogisticRegression(weights, bias), vectors, of);
        return new Classifier(madeWith, labels, known, head, calibration, attachment);
    }

    /** Verifies length and checksum of the whole file before it trusts a count or allocates memory. */
    private static void checkHeader(byte[] bytes, ByteBuffer file) {
        if (file.remaining() < MAGIC.length || !Arrays.equals(bytes(file, MAGIC.length), MAGIC)) {
            throw unusable("it is not a model file");
        }
        require(file, 2 * Integer.BYTES);
        int version = file.getInt();
        if (version != VERSION) {
            throw unusable("its format is version " + version + ", and only " + VERSION
                    + " is known here; train the mentor again");
        }
        int length = file.getInt();
        if (length != bytes.length || length < HEADER + CHECKSUM) {
            throw unusable("it should have " + length + " bytes and has " + bytes.length);
        }
        if (file.getInt(length - CHECKSUM) != checksum(bytes)) {
            throw unusable("it is damaged: its checksum is wrong");
        }
    }

    private static int checksum(byte[] file) {
        var checksum = new CRC32C();
        checksum.update(file, 0, file.length - CHECKSUM);
        return (int) checksum.getValue();
    }

    private static void put(float[][] rows, ByteBuffer file) {
        for (float[] row : rows) {
            file.asFloatBuffer().put(row);
            file.position(file.position() + row.length * Float.BYTES);
        }
    }

    private static float[][] floats(ByteBuffer file, int rows, int columns) {
        var floats = new float[rows][columns];
        for (float[] row : floats) {
            file.asFloatBuffer().get(row);
            file.position(file.position() + columns * Float.BYTES);
        }
        return floats;
    }

    private static String text(ByteBuffer file) {
        require(file, Integer.BYTES);
        return new String(bytes(file, count(file, 0, file.remaining() - Integer.BYTES)), UTF_8);
    }

    private static byte[] bytes(ByteBuffer file, int length) {
        require(file, length);
        var bytes = new byte[length];
        file.get(bytes);
        return bytes;
    }

    private static int count(ByteBuffer file, int least, int most) {
        int count = file.getInt();
        if (count < least || count > most) {
            throw unusable("it says " + count + " where at most " + most + " is possible");
        }
        return count;
    }

    private static void require(ByteBuffer file, int length) {
        if (file.remaining() < length) {
            throw unusable("it ends too early");
        }
    }

    private static double positive(double number) {
        if (number > 0) {
            return number(number);
        }
        throw unusable("its temperature is not above 0");
    }

    private static double number(double number) {
        if (Double.isFinite(number)) {
            return number;
        }
        throw unusable("its calibration is not a number");
    }

    private static WakeboxException unusable(String why) {
        return new WakeboxException(ErrorCode.INTERNAL, "The model cannot be used: " + why + ".");
    }
}
