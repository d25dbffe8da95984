import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Copies the modules of the AWS SDK into one directory, changed so that a function starts faster: see {@link
 * DesugarLambdas} and {@link LazyMetadata}.
 *
 * <p>{@code java -classpath <the SDK and what it needs> MergeSdk.java <list of services> <output directory>}
 */
final class MergeSdk {
    private static final String NOTICE = "META-INF/NOTICE.txt";
    private static final String CHANGES = """

            This is a modified copy of modules of the AWS SDK for Java: classes take the place of
            lambda expressions, and the metadata of services and regions is loaded when it is needed; that
            of most services was left out.
            """;

    private MergeSdk() {}

    public static void main(String[] arguments) throws IOException {
        Set<String> services = SdkFiles.listed(Path.of(arguments[0]));
        var files = new TreeMap<String, byte[]>();
        List<String> modules = Arrays.stream(
                        System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(jar -> Path.of(jar).toString().replace('\\', '/').contains("/software/amazon/awssdk/"))
                .toList();
        for (String module : modules) {
            try (JarFile jar = new JarFile(module)) {
                add(jar, services, files);
            }
        }
        byte[] notice = files.get(NOTICE);
        files.put(NOTICE, (new String(notice, StandardCharsets.UTF_8) + CHANGES).getBytes(StandardCharsets.UTF_8));
        SdkFiles.synchronize(Path.of(arguments[1]), files);
    }

    private static void add(JarFile jar, Set<String> services, SortedMap<String, byte[]> files) throws IOException {
        var metadata = new LazyMetadata(jar, services);
        for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
            String name = entry.getName();
            if (entry.isDirectory()
                    || name.equals(JarFile.MANIFEST_NAME)
                    || metadata.leavesOut(name.replaceFirst("\\.class$", ""))) {
                continue;
            }
            byte[] bytes = SdkFiles.read(jar, entry);
            if (name.endsWith(".class")) {
                DesugarLambdas.apply(metadata.apply(bytes))
                        .forEach((type, changed) -> put(files, type + ".class", changed));
            } else {
                put(files, name, bytes);
            }
        }
    }

    private static void put(SortedMap<String, byte[]> files, String name, byte[] bytes) {
        byte[] earlier = files.put(name, bytes);
        if (earlier != null && !Arrays.equals(earlier, bytes)) {
            throw new IllegalArgumentException("Two modules of the SDK have a file " + name + ", and they differ.");
        }
    }
}
