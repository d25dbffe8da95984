import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.SortedMap;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;

/** The files of the programs that change the SDK's classes: their lists, the jars that they read, and their output. */
final class SdkFiles {
    private SdkFiles() {}

    /** The entries of a list with one on each line; blank lines and comments are skipped. */
    static Set<String> listed(Path list) throws IOException {
        try (var lines = Files.lines(list)) {
            return lines.map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .collect(Collectors.toSet());
        }
    }

    static byte[] read(JarFile jar, ZipEntry entry) throws IOException {
        try (InputStream in = jar.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }

    /**
     * Makes a directory contain exactly these files. Files that are already right stay untouched, for builds that check
     * timestamps.
     */
    static void synchronize(Path directory, SortedMap<String, byte[]> files) throws IOException {
        Files.createDirectories(directory);
        try (var present = Files.walk(directory)) {
            for (Path file : present.filter(Files::isRegularFile).toList()) {
                if (!files.containsKey(directory.relativize(file).toString().replace('\\', '/'))) {
                    Files.delete(file);
                }
            }
        }
        for (var entry : files.entrySet()) {
            Path file = directory.resolve(entry.getKey());
            if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), entry.getValue())) {
                Files.createDirectories(file.getParent());
                Files.write(file, entry.getValue());
            }
        }
    }
}
