package dev.wakebox.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The simple names of main classes are unique in all modules. */
class NamesTest {
    private static final Path ROOT = Path.of(System.getProperty("wakebox.root"));
    private static final Path MAIN_CODE = Path.of("src", "main", "java");

    /** Files that several modules may have. */
    private static final Set<String> OF_EVERY_MODULE = Set.of("Main.java", "package-info.java");

    @Test
    void classes_ofAllModules_haveNamesOfTheirOwn() throws IOException {
        Map<String, List<Path>> files = sources();
        assertThat(files).as("classes that were found").hasSizeGreaterThan(300);

        files.values().removeIf(places -> places.size() == 1);

        assertThat(files).as("names of several classes").isEmpty();
    }

    /** The paths of each main source file, by its name. */
    private static Map<String, List<Path>> sources() throws IOException {
        var sources = new TreeMap<String, List<Path>>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                String name = String.valueOf(directory.getFileName());
                boolean ours = directory.equals(ROOT) || !(name.equals("target") || name.startsWith("."));
                return ours ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                String name = String.valueOf(file.getFileName());
                Path place = ROOT.relativize(file);
                if (name.endsWith(".java")
                        && !OF_EVERY_MODULE.contains(name)
                        && place.toString().contains(MAIN_CODE.toString())) {
                    sources.computeIfAbsent(name, _ -> new ArrayList<>()).add(place);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return sources;
    }
}
