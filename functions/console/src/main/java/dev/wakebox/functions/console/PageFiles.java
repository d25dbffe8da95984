package dev.wakebox.functions.console;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The files of the built page, which are in the function's package. A name that the build did not list is no file, so no path of
 * a request reaches another resource. Immutable.
 */
final class PageFiles {
    /** The list that console/build/finish.mjs writes. */
    private static final String LIST = "files.json";

    private static final Map<String, String> ENDINGS = Map.of("br", ".br", "gzip", ".gz");

    private final Map<String, PageFile> files;

    PageFiles(Map<String, PageFile> files) {
        this.files = Map.copyOf(files);
    }

    /** The files next to this class; none if the page was not built. */
    static PageFiles ofPackage() {
        byte[] list = resource(LIST);
        var files = new HashMap<String, PageFile>();
        if (list != null) {
            for (JsonObject file : Json.object(list).objects("files")) {
                files.put(file.text("path"), read(file));
            }
        }
        return new PageFiles(files);
    }

    boolean isEmpty() {
        return files.isEmpty();
    }

    /** @param path relative to the page, with slashes */
    Optional<PageFile> find(String path) {
        return Optional.ofNullable(files.get(path));
    }

    private static PageFile read(JsonObject file) {
        String path = file.text("path");
        var contents = new HashMap<String, byte[]>();
        contents.put(ContentNegotiation.IDENTITY, requireNonNull(resource(path), path));
        for (String encoding : file.texts("encodings")) {
            String name = path + requireNonNull(ENDINGS.get(encoding), encoding);
            contents.put(encoding, requireNonNull(resource(name), name));
        }
        return new PageFile(file.text("type"), file.isTrue("hashed"), contents);
    }

    private static byte @Nullable [] resource(String name) {
        try (InputStream in = PageFiles.class.getResourceAsStream("page/" + name)) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
