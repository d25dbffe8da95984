package dev.wakebox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A file, or a line of the standard input, with one execution document.
 *
 * @param name for messages
 * @param stem the beginning of the run's name
 */
record DocumentSource(String name, String stem, byte[] bytes) {
    /** Far more than the largest document, for white space. */
    private static final int MOST_BYTES = 1 << 20;

    /**
     * The sources that the arguments name: files, directories (their {@code .json} files by name), and {@code -} for the
     * standard input with one document a line.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} for a file that isn't there, or a directory without a document
     */
    static List<DocumentSource> of(List<String> arguments, Context context) throws IOException {
        var sources = new ArrayList<DocumentSource>();
        for (String argument : arguments) {
            if (argument.equals("-")) {
                sources.addAll(lines(context.in()));
                continue;
            }
            Path path = context.directory().resolve(argument).normalize();
            if (!Files.exists(path)) {
                throw new WakeboxException(ErrorCode.INVALID_REQUEST, "there is no file " + path + ".");
            }
            for (Path file : Files.isDirectory(path) ? directory(path) : List.of(path)) {
                sources.add(file(file));
            }
        }
        if (sources.isEmpty()) {
            throw new WakeboxException(ErrorCode.INVALID_REQUEST, "the standard input has no document.");
        }
        return sources;
    }

    /**
     * The document.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} with the place of the mistake, if it is no JSON object
     */
    JsonObject json() {
        if (bytes.length > MOST_BYTES) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST, "a document has at most " + MOST_BYTES + " bytes, this one has more.");
        }
        return Json.object(bytes);
    }

    private static DocumentSource file(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            String name = file.getFileName().toString();
            return new DocumentSource(file.toString(), name.replaceAll("\\.json$", ""), in.readNBytes(MOST_BYTES + 1));
        }
    }

    private static List<DocumentSource> lines(InputStream in) throws IOException {
        var sources = new ArrayList<DocumentSource>();
        var reader = new BufferedReader(new InputStreamReader(in, UTF_8));
        int number = 0;
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            number++;
            if (!line.isBlank()) {
                sources.add(new DocumentSource(
                        "line " + number + " of the standard input", "line-" + number, line.getBytes(UTF_8)));
            }
        }
        return sources;
    }

    private static List<Path> directory(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> documents = files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
            if (documents.isEmpty()) {
                throw new WakeboxException(
                        ErrorCode.INVALID_REQUEST, "the directory " + directory + " has no .json file.");
            }
            return documents;
        }
    }
}
