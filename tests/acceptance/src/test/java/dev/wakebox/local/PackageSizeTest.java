package dev.wakebox.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Limits the content of functions' packages: Lambda loads the whole package, so size is start-up time. */
class PackageSizeTest {
    private static final Path ROOT = Path.of(System.getProperty("wakebox.root"));
    private static final Path FUNCTIONS = ROOT.resolve("functions");
    private static final long BUDGET = 13_000_000;
    /** With the sentence encoder, unzipped; its jars stay compressed. Lambda's limit is 250 MB. */
    private static final long BUDGET_WITH_ENCODER = 73_000_000;
    /** The sum of all functions, as files with compressed jars; {@code sam deploy} uploads 60 % of it. */
    private static final long BUDGET_OF_ALL = 472_000_000;

    static List<Path> functions() throws IOException {
        try (Stream<Path> directories = Files.list(FUNCTIONS)) {
            return directories
                    .filter(directory -> Files.exists(directory.resolve("pom.xml")))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("functions")
    void package_whenZippedAsSamDoes_keepsItsBudget(Path function) throws IOException {
        Path target = function.resolve("target");
        assumeThat(target.resolve("lib"))
                .as("%s is not packaged; run ./mvnw verify in the root", function.getFileName())
                .isDirectory();

        if (Files.isDirectory(target.resolve("classes/encoder"))) {
            assertThat(unzipped(target))
                    .as("functions/%s is more than %s unzipped", function.getFileName(), megabytes(BUDGET_WITH_ENCODER))
                    .isLessThanOrEqualTo(BUDGET_WITH_ENCODER);
            return;
        }
        Map<String, Long> sizes = zippedSizes(target);

        assertThat(sizes.values().stream().mapToLong(Long::longValue).sum())
                .as(
                        "functions/%s is more than %s zipped. Leave a dependency out or exclude what it brings; the largest:%n%s",
                        function.getFileName(), megabytes(BUDGET), largest(sizes))
                .isLessThanOrEqualTo(BUDGET);
    }

    @ParameterizedTest
    @MethodSource("functions")
    void package_always_carriesOurLicenceAndTheNotices(Path function) {
        for (String text : List.of("LICENSE", "NOTICE")) {
            assertThat(function.resolve("target/classes/META-INF").resolve(text))
                    .hasSameBinaryContentAs(ROOT.resolve(text));
        }
    }

    @Test
    void packages_together_keepTheirBudget() throws IOException {
        long bytes = 0;
        for (Path function : functions()) {
            Path target = function.resolve("target");
            assumeThat(target.resolve("lib"))
                    .as("%s is not packaged; run ./mvnw verify in the root", function.getFileName())
                    .isDirectory();
            bytes += unzipped(target);
        }

        assertThat(bytes)
                .as("all functions together are more than %s; what do many of them carry?", megabytes(BUDGET_OF_ALL))
                .isLessThanOrEqualTo(BUDGET_OF_ALL);
    }

    private static long unzipped(Path target) throws IOException {
        long bytes = 0;
        for (Path file : files(target)) {
            bytes += Files.size(file);
        }
        return bytes;
    }

    private static List<Path> files(Path target) throws IOException {
        try (Stream<Path> all = Files.walk(target)) {
            return all.filter(file ->
                            file.startsWith(target.resolve("classes")) || file.startsWith(target.resolve("lib")))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        }
    }

    /** What each file of {@code target/classes} and {@code target/lib} adds to the package. */
    private static Map<String, Long> zippedSizes(Path target) throws IOException {
        var sizes = new LinkedHashMap<String, Long>();
        var counter = new CountingStream();
        try (var zip = new ZipOutputStream(counter)) {
            for (Path file : files(target)) {
                long before = counter.count;
                zip.putNextEntry(new ZipEntry(target.relativize(file).toString()));
                Files.copy(file, zip);
                zip.closeEntry();
                sizes.put(file.getFileName().toString(), counter.count - before);
            }
        }
        sizes.put(
                "the ZIP's directory",
                counter.count
                        - sizes.values().stream().mapToLong(Long::longValue).sum());
        return sizes;
    }

    private static String largest(Map<String, Long> sizes) {
        return sizes.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(8)
                .map(size -> megabytes(size.getValue()) + "  " + size.getKey())
                .collect(Collectors.joining("\n"));
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }

    private static final class CountingStream extends OutputStream {
        private long count;

        @Override
        public void write(int b) {
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            count += length;
        }
    }
}
