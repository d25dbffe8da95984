import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SortedMap;

/** The directory that the build puts changed classes of the SDK into. */
final class OutputDirectory {
    private OutputDirectory() {}

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
