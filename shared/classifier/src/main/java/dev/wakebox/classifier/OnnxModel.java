package dev.wakebox.classifier;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;

/**
 * A small ONNX model of operations on float tensors without attributes. Not thread-safe.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">onnx.proto, which has the numbers of the fields</a>
 */
final class OnnxModel {
    private static final int IR_VERSION = 7;
    private static final int OPERATOR_SET = 13;
    private static final int FLOAT = 1;

    private final ByteArrayOutputStream nodes = new ByteArrayOutputStream();

    /** Adds an operation. */
    OnnxModel node(String operation, String output, String... inputs) {
        var node = new ByteArrayOutputStream();
        for (String input : inputs) {
            node.writeBytes(field(1, ascii(input)));
        }
        node.writeBytes(field(2, ascii(output)));
        node.writeBytes(field(4, ascii(operation)));
        nodes.writeBytes(field(1, node.toByteArray()));
        return this;
    }

    /** The file of the model. */
    byte[] toBytes(String output, String... inputs) {
        var graph = new ByteArrayOutputStream();
        graph.writeBytes(nodes.toByteArray());
        graph.writeBytes(field(2, ascii("graph")));
        for (String input : inputs) {
            graph.writeBytes(field(11, tensor(input)));
        }
        graph.writeBytes(field(12, tensor(output)));
        return joined(field(1, IR_VERSION), field(7, graph.toByteArray()), field(8, field(2, OPERATOR_SET)));
    }

    private static byte[] tensor(String name) {
        return joined(field(1, ascii(name)), field(2, field(1, field(1, FLOAT))));
    }

    /** A field with a number as its value. */
    private static byte[] field(int field, int value) {
        return joined(varint(field << 3), varint(value));
    }

    /** A field with a text or another message as its value. */
    private static byte[] field(int field, byte[] value) {
        return joined(varint((field << 3) | 2), varint(value.length), value);
    }

    private static byte[] varint(int number) {
        var bytes = new ByteArrayOutputStream();
        int rest = number;
        while (rest > 0x7f) {
            bytes.write((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        bytes.write(rest);
        return bytes.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        var bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }
}
