import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Copies the modules of the AWS SDK into one directory, changed so that a function starts faster: see {@link DesugarLambdas} and
 * {@link LazyMetadata}.
 *
 * <p>{@code java -classpath <the SDK and what it needs> MergeSdk.java <output directory>}
 */
final class MergeSdk {
    private static final String NOTICE = "META-INF/NOTICE.txt";
    private static final String CHANGES = """

            This is a modified copy of modules of the AWS SDK for Java: classes take the place of
            lambda expressions, and the metadata of a service or a region is loaded when it is needed.
            """;

    private MergeSdk() {}

    public static void main(String[] arguments) throws IOException {
        var files = new TreeMap<String, byte[]>();
        List<String> modules = Arrays.stream(
                        System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(jar -> Path.of(jar).toString().replace('\\', '/').contains("/software/amazon/awssdk/"))
                .toList();
        for (String module : modules) {
            try (JarFile jar = new JarFile(module)) {
                add(jar, files);
            }
        }
        byte[] notice = files.get(NOTICE);
        files.put(NOTICE, (new String(notice, StandardCharsets.UTF_8) + CHANGES).getBytes(StandardCharsets.UTF_8));
        OutputDirectory.synchronize(Path.of(arguments[0]), files);
    }

    private static void add(JarFile jar, SortedMap<String, byte[]> files) throws IOException {
        for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
            String name = entry.getName();
            if (entry.isDirectory() || name.equals(JarFile.MANIFEST_NAME)) {
                continue;
            }
            byte[] bytes = read(jar, entry);
            if (name.endsWith(".class")) {
                DesugarLambdas.apply(LazyMetadata.apply(bytes))
                        .forEach((type, changed) -> files.put(type + ".class", changed));
            } else {
                files.put(name, bytes);
            }
        }
    }

    private static byte[] read(JarFile jar, JarEntry entry) throws IOException {
        try (InputStream in = jar.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }
}
