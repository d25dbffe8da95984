import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;

/**
 * Extracts the parts of two large jars that the encoder needs: the classes of ONNX Runtime into the module's own
 * classes, and into a directory the model, its vocabulary and the native libraries of the building computer. The
 * libraries of Lambda's platforms are written to separate directories, for {@code sam build}.
 *
 * <p>{@code java -classpath <the jars> UnpackEncoder.java <sha256 of the model> <sha256 of the tokenizer> <classes>
 * <directory>}
 */
final class UnpackEncoder {
    private static final String NATIVE = "ai/onnxruntime/native/";
    private static final List<String> LAMBDA = List.of("linux-x64", "linux-aarch64");

    private UnpackEncoder() {}

    public static void main(String[] args) throws Exception {
        Path classes = Path.of(args[2]);
        Path directory = Path.of(args[3]);
        Files.createDirectories(directory);
        byte[] model = resource("bge-small-en-v1.5-q.onnx", args[0]);
        byte[] tokenizer = resource("bge-small-en-v1.5-q-tokenizer.json", args[1]);
        write(directory.resolve("encoder.onnx"), model);
        write(directory.resolve("encoder.sha256"), args[0].getBytes(US_ASCII));
        write(directory.resolve("vocabulary.txt"), vocabulary(tokenizer).getBytes(UTF_8));
        unpackRuntime(host(), classes, directory);
        for (String lambda : LAMBDA) {
            unpackRuntime(lambda, classes, directory.resolveSibling("encoder-" + lambda));
        }
    }

    /** The tokens, one per line, in the order of their ids. */
    private static String vocabulary(byte[] tokenizer) throws IOException {
        var model = (Map<?, ?>) JSON.std.mapFrom(tokenizer).get("model");
        var tokens = new TreeMap<Integer, String>();
        ((Map<?, ?>) model.get("vocab")).forEach((token, id) -> tokens.put((Integer) id, (String) token));
        if (tokens.lastKey() != tokens.size() - 1) {
            throw new IOException("The tokenizer's ids have gaps: the vocabulary can't be a list.");
        }
        return tokens.values().stream().collect(Collectors.joining("\n", "", "\n"));
    }

    private static void unpackRuntime(String platform, Path classes, Path directory) throws IOException {
        URL resource = UnpackEncoder.class.getClassLoader().getResource("ai/onnxruntime/OrtEnvironment.class");
        int libraries = 0;
        try (JarFile jar = ((JarURLConnection) resource.openConnection()).getJarFile()) {
            for (JarEntry entry : jar.stream().toList()) {
                String name = entry.getName();
                boolean ofPlatform = name.startsWith(NATIVE + platform + "/") && name.matches("[^.]+\\.(so|dylib|dll)");
                boolean isClass = name.startsWith("ai/onnxruntime/") && name.endsWith(".class");
                if (!ofPlatform && !isClass) {
                    continue;
                }
                Path target =
                        isClass ? classes.resolve(name) : directory.resolve(name.substring(name.lastIndexOf('/') + 1));
                try (InputStream in = jar.getInputStream(entry)) {
                    write(target, in.readAllBytes());
                }
                libraries += ofPlatform ? 1 : 0;
            }
        }
        if (libraries == 0) {
            throw new IOException("ONNX Runtime has no libraries for the platform \"" + platform + "\".");
        }
    }

    private static byte[] resource(String name, String sha256) throws IOException, NoSuchAlgorithmException {
        try (InputStream in = UnpackEncoder.class.getClassLoader().getResourceAsStream(name)) {
            byte[] bytes = in.readAllBytes();
            String actual = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            if (!actual.equals(sha256)) {
                throw new IOException(name + " is not the one that is pinned: its sha256 is " + actual + ".");
            }
            return bytes;
        }
    }

    /**
     * Never writes into a file that a running process may have mapped: keeps an equal file, and replaces a different
     * one.
     */
    private static void write(Path file, byte[] bytes) throws IOException {
        if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), bytes)) {
            return;
        }
        Files.createDirectories(file.getParent());
        Path written = Files.write(file.resolveSibling(file.getFileName() + ".new"), bytes);
        Files.move(written, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String host() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch");
        boolean arm = arch.equals("aarch64");
        if (os.contains("linux")) {
            return arm ? "linux-aarch64" : "linux-x64";
        }
        return os.contains("mac") ? (arm ? "osx-aarch64" : "osx-x64") : "win-x64";
    }
}
