import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Copies jars into a directory, without compression; of several jars with one name, which must be the same, one.
 *
 * <p>The ZIP of the package then compresses them as a whole, which makes it a third smaller.
 *
 * <p>{@code java StoreJars.java <directory> <jar>...}
 */
final class StoreJars {
    private StoreJars() {}

    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        var stored = new HashMap<Path, Path>();
        Files.createDirectories(directory);
        for (String argument : List.of(arguments).subList(1, arguments.length)) {
            Path jar = Path.of(argument);
            Path same = stored.putIfAbsent(jar.getFileName(), jar);
            if (same == null) {
                store(jar, directory.resolve(jar.getFileName()));
            } else if (Files.mismatch(jar, same) >= 0) {
                throw new IOException(jar + " and " + same + " have one name and differ: build both anew.");
            }
        }
    }

    private static void store(Path jar, Path stored) throws IOException {
        try (var from = new ZipFile(jar.toFile());
                var to = new ZipOutputStream(Files.newOutputStream(stored))) {
            Enumeration<? extends ZipEntry> entries = from.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                byte[] content;
                try (InputStream in = from.getInputStream(entry)) {
                    content = in.readAllBytes();
                }
                var crc = new CRC32();
                crc.update(content);
                var copy = new ZipEntry(entry.getName());
                copy.setTimeLocal(entry.getTimeLocal());
                copy.setMethod(ZipEntry.STORED);
                copy.setSize(content.length);
                copy.setCrc(crc.getValue());
                to.putNextEntry(copy);
                to.write(content);
                to.closeEntry();
            }
        }
    }
}
