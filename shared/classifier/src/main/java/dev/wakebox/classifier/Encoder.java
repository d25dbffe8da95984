package dev.wakebox.classifier;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Encodes a text as a vector of length 1. The smaller the angle between two vectors, the closer the texts are in
 * meaning.
 *
 * <p>Thread-safe. The model is loaded with the first text. Texts are encoded one at a time: with 8-bit weights, the vector of
 * a text would depend on the other texts of a batch.
 */
public final class Encoder implements AutoCloseable {
    /** Dimensions of a vector. */
    public static final int DIMENSION = 384;

    /** Longer questions are truncated; the model itself could read 512. */
    private static final int MAX_TOKENS = 128;

    private static final String MODEL = "encoder.onnx";
    private static final String VOCABULARY = "vocabulary.txt";

    /** The loaded model. */
    private record Model(OrtEnvironment environment, OrtSession session, WordPiece tokenizer) {}

    private final Path directory;
    private final byte[] sha256;
    private @Nullable Model model;

    private Encoder(Path directory, byte[] sha256) {
        this.directory = directory;
        this.sha256 = sha256;
    }

    /** Opens the encoder in the class-path directory {@code encoder}, where the build puts it. */
    public static Encoder open() {
        URL model = Encoder.class.getClassLoader().getResource("encoder/" + MODEL);
        if (model == null || !model.getProtocol().equals("file")) {
            throw new WakeboxException(
                    ErrorCode.INTERNAL,
                    "The sentence encoder is missing: there is no directory \"encoder\" beside the classes.");
        }
        try {
            return open(Path.of(model.toURI()).resolveSibling(""));
        } catch (URISyntaxException e) {
            throw new WakeboxException(ErrorCode.INTERNAL, "The sentence encoder's path is not a file's: " + model, e);
        }
    }

    /**
     * Opens the encoder in a directory: model, vocabulary and the native libraries of this platform.
     *
     * @throws WakeboxException {@code INTERNAL} when there is no model or no vocabulary
     */
    public static Encoder open(Path directory) {
        try {
            for (String file : List.of(MODEL, VOCABULARY)) {
                if (!Files.exists(directory.resolve(file))) {
                    throw new NoSuchFileException(file);
                }
            }
            return new Encoder(
                    directory,
                    HexFormat.of()
                            .parseHex(Files.readString(directory.resolve("encoder.sha256"))
                                    .strip()));
        } catch (IOException e) {
            throw unusable(directory, e);
        }
    }

    private synchronized Model model() {
        if (model == null) {
            model = load(directory);
        }
        return model;
    }

    private static Model load(Path directory) {
        try {
            var tokenizer = new WordPiece(Files.readAllLines(directory.resolve(VOCABULARY)));
            System.setProperty(
                    "onnxruntime.native.path", directory.toAbsolutePath().toString());
            OrtEnvironment environment =
                    OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "encoder");
            try (var options = new OrtSession.SessionOptions()) {
                options.setIntraOpNumThreads(1);
                options.setInterOpNumThreads(1);
                String file = directory.resolve(MODEL).toString();
                return new Model(environment, environment.createSession(file, options), tokenizer);
            }
        } catch (IOException | OrtException e) {
            throw unusable(directory, e);
        }
    }

    private static WakeboxException unusable(Path directory, Exception e) {
        return new WakeboxException(
                ErrorCode.INTERNAL, "The sentence encoder in " + directory + " cannot be opened: " + e.getMessage(), e);
    }

    /** The hash that identifies this encoder's vectors. */
    public byte[] sha256() {
        return sha256.clone();
    }

    /** The vector of a text. */
    public float[] embed(String text) {
        Model loaded = model();
        OrtEnvironment environment = loaded.environment();
        long[] ids = loaded.tokenizer().encode(QuestionText.clean(text), MAX_TOKENS);
        var mask = new long[ids.length];
        Arrays.fill(mask, 1);
        long[] shape = {1, ids.length};
        try (var tokens = OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), shape);
                var attention = OnnxTensor.createTensor(environment, LongBuffer.wrap(mask), shape);
                var types = OnnxTensor.createTensor(environment, LongBuffer.wrap(new long[ids.length]), shape);
                var result = loaded.session()
                        .run(Map.of("input_ids", tokens, "attention_mask", attention, "token_type_ids", types))) {
            var vector = new float[DIMENSION];
            ((OnnxTensor) result.get(0)).getFloatBuffer().get(vector); // its output represents the text
            return Vectors.normalized(vector);
        } catch (OrtException e) {
            throw new WakeboxException(ErrorCode.INTERNAL, "The sentence encoder failed: " + e.getMessage(), e);
        }
    }

    /** The vectors of many texts, in their order. Uses one thread per processor. */
    public float[][] embed(List<String> texts) {
        return IntStream.range(0, texts.size())
                .parallel()
                .mapToObj(i -> embed(texts.get(i)))
                .toArray(float[][]::new);
    }

    @Override
    public synchronized void close() {
        try {
            if (model != null) {
                model.session().close();
            }
        } catch (OrtException e) {
            throw new WakeboxException(ErrorCode.INTERNAL, "The sentence encoder failed: " + e.getMessage(), e);
        }
    }
}
