package dev.wakebox.awssdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.regions.GeneratedRegionMetadataProvider;
import software.amazon.awssdk.regions.GeneratedServiceMetadataProvider;
import software.amazon.awssdk.regions.Region;

/** The classes of the module, and lambda expressions of all kinds, after the build has changed them. */
class MergeSdkTest {
    private static final Path MODULE = Path.of("target/classes");
    private static final String METAFACTORY = "java/lang/invoke/LambdaMetafactory";

    @TempDir
    private Path directory;

    @Test
    void classes_ofTheModule_areVerifiedByTheJvmAndHaveNoLambdaExpressions() {
        List<String> wrong = new ArrayList<>();
        for (Path file : classFiles(MODULE)) {
            if (contains(file, METAFACTORY)) {
                wrong.add(file + " has a lambda expression");
            }
            try {
                // links the class, and so verifies it
                var _ = Class.forName(className(file), false, getClass().getClassLoader())
                        .getDeclaredMethods();
            } catch (ClassNotFoundException | LinkageError e) {
                if (!String.valueOf(e.getMessage()).contains("software/amazon/awssdk/crt/")) { // an optional library
                    wrong.add(file + ": " + e);
                }
            }
        }

        assertThat(wrong).isEmpty();
    }

    @Test
    void regionMetadata_ofEachRegion_isThatOfTheMap() throws Exception {
        var ours = new GeneratedRegionMetadataProvider();
        Map<String, String> original = original(GeneratedRegionMetadataProvider.class, "REGION_METADATA");

        assertThat(original).hasSizeGreaterThan(30).allSatisfy((region, metadata) -> assertThat(
                        ours.regionMetadata(Region.of(region)).getClass().getName())
                .isEqualTo(metadata));
        assertThat(ours.regionMetadata(Region.of("moon-1"))).isNull();
    }

    @Test
    void serviceMetadata_ofEachListedService_isThatOfTheMap() throws Exception {
        var ours = new GeneratedServiceMetadataProvider();
        Map<String, String> original = original(GeneratedServiceMetadataProvider.class, "SERVICE_METADATA");
        List<String> listed = Files.readAllLines(Path.of("services.txt")).stream()
                .filter(line -> !line.startsWith("#"))
                .toList();

        assertThat(original).containsKeys(listed.toArray(new String[0])).allSatisfy((service, metadata) -> {
            if (listed.contains(service)) {
                assertThat(ours.serviceMetadata(service).getClass().getName()).isEqualTo(metadata);
            } else {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> ours.serviceMetadata(service))
                        .withMessageContaining("services.txt")
                        .withMessageEndingWith(service);
            }
        });
    }

    /** The classes of the map that the SDK has for this class, by their keys. */
    private static Map<String, String> original(Class<?> provider, String map) throws Exception {
        var classes = new TreeMap<String, String>();
        try (URLClassLoader loader = loaderOfOriginal()) {
            Field field = loader.loadClass(provider.getName()).getDeclaredField(map);
            field.setAccessible(true);
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) field.get(null)).entrySet()) {
                classes.put(
                        entry.getKey().toString(), entry.getValue().getClass().getName());
            }
        }
        return classes;
    }

    @Test
    void lambdaExpressions_ofAllKinds_doTheSameAsClasses() throws Exception {
        Path module = directory.resolve("software/amazon/awssdk/module.jar");
        Path changed = directory.resolve("changed");
        Files.createDirectories(module.getParent());
        try (var jar = new JarOutputStream(Files.newOutputStream(module))) {
            add(jar, "META-INF/NOTICE.txt", "A notice.\n".getBytes(StandardCharsets.UTF_8));
            for (Path file : classFiles(Path.of("target/test-classes"))) {
                if (file.getFileName().toString().startsWith("LambdaExpressions")) {
                    add(jar, "dev/wakebox/awssdk/" + file.getFileName(), Files.readAllBytes(file));
                }
            }
        }

        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-classpath",
                        module.toString(),
                        "src/build/java/MergeSdk.java",
                        "services.txt",
                        changed.toString())
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();

        var url = new URL[] {changed.toUri().toURL()};
        try (var loader = new URLClassLoader(url, ClassLoader.getPlatformClassLoader())) {
            var results = (Supplier<?>) loader.loadClass(LambdaExpressions.class.getName())
                    .getDeclaredConstructor()
                    .newInstance();
            assertThat(results.get()).isEqualTo(new LambdaExpressions().get());
        }
        // the serializable one stays
        assertThat(classFiles(changed).stream()
                        .filter(file -> contains(file, METAFACTORY))
                        .map(file -> file.getFileName().toString()))
                .containsExactly("LambdaExpressions.class");
        assertThat(Files.readString(changed.resolve("META-INF/NOTICE.txt"))).contains("A notice.", "modified copy");
    }

    /** The SDK's own modules, which are on the test's class path after ours. */
    private static URLClassLoader loaderOfOriginal() throws IOException {
        var jars = new ArrayList<URL>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (entry.endsWith(".jar")) {
                jars.add(Path.of(entry).toUri().toURL());
            }
        }
        return new URLClassLoader(jars.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
    }

    private static List<Path> classFiles(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".class"))
                    .filter(file -> !file.toString().contains("META-INF"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String className(Path file) {
        String path = MODULE.relativize(file).toString();
        return path.substring(0, path.length() - ".class".length()).replace(File.separatorChar, '.');
    }

    private static boolean contains(Path file, String text) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void add(JarOutputStream jar, String name, byte[] bytes) throws IOException {
        jar.putNextEntry(new JarEntry(name));
        jar.write(bytes);
    }
}
