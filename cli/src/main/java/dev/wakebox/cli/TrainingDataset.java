package dev.wakebox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/**
 * The dataset of a training, as {@code POST /train} takes it. The training server checks its content.
 *
 * @param taskType {@code textClassification} or {@code imageClassification}
 * @param contentType of {@code bytes}, for {@code POST /datasets}
 * @param bytes a CSV, or the JSON of the images
 * @param value the field {@code dataset} of the request
 */
record TrainingDataset(String taskType, String contentType, byte[] bytes, Object value) {
    /**
     * Reads CSV files of one header, or a directory that has a directory of images for each label.
     *
     * @throws WakeboxException {@code INVALID_REQUEST} that names the file
     */
    static TrainingDataset read(List<Path> paths) throws IOException {
        for (Path path : paths) {
            if (!Files.exists(path)) {
                throw wrong("there is no file " + path + ".");
            }
        }
        if (paths.size() == 1 && Files.isDirectory(paths.getFirst())) {
            return images(paths.getFirst());
        }
        byte[] csv = csv(paths);
        return new TrainingDataset(
                "textClassification", "text/csv", csv, Base64.getEncoder().encodeToString(csv));
    }

    private static byte[] csv(List<Path> files) throws IOException {
        var all = new ByteArrayOutputStream();
        byte[] header = new byte[0];
        for (Path file : files) {
            if (Files.isDirectory(file)) {
                throw wrong(file + " is a directory; train takes CSV files, or one directory of images.");
            }
            byte[] bytes = Files.readAllBytes(file);
            int rows = rows(bytes);
            if (file.equals(files.getFirst())) {
                header = Arrays.copyOf(bytes, rows);
                all.writeBytes(bytes);
                continue;
            }
            if (!text(header).equals(text(Arrays.copyOf(bytes, rows)))) {
                throw wrong(file + " has another first line than " + files.getFirst()
                        + "; files that are trained together need the same columns in the same order.");
            }
            if (!endsWithNewline(all.toByteArray())) {
                all.write('\n');
            }
            all.write(bytes, rows, bytes.length - rows);
        }
        return all.toByteArray();
    }

    /** Where the rows begin: after the first line, and after a line such as {@code sep=;} above it. */
    private static int rows(byte[] csv) {
        int afterFirst = afterLine(csv, 0);
        return text(Arrays.copyOf(csv, afterFirst)).startsWith("sep=") ? afterLine(csv, afterFirst) : afterFirst;
    }

    private static int afterLine(byte[] csv, int from) {
        int index = from;
        while (index < csv.length && csv[index] != '\n') {
            index++;
        }
        return Math.min(csv.length, index + 1);
    }

    /** Text without a byte-order mark and blanks at its ends. */
    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8).replace("\uFEFF", "").strip();
    }

    private static boolean endsWithNewline(byte[] bytes) {
        return bytes.length > 0 && bytes[bytes.length - 1] == '\n';
    }

    private static TrainingDataset images(Path directory) throws IOException {
        JsonObject byLabel = JsonObject.of();
        for (Path label : visible(directory)) {
            if (Files.isDirectory(label)) {
                var images = new ArrayList<String>();
                for (Path image : visible(label)) {
                    images.add(Base64.getEncoder().encodeToString(Files.readAllBytes(image)));
                }
                byLabel = byLabel.with(label.getFileName().toString(), images);
            }
        }
        if (byLabel.isEmpty()) {
            throw wrong(directory + " has no directories; each label needs one with its images.");
        }
        return new TrainingDataset("imageClassification", "application/json", Json.bytes(byLabel), byLabel);
    }

    private static List<Path> visible(Path directory) throws IOException {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.filter(path -> !path.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    private static WakeboxException wrong(String message) {
        return new WakeboxException(ErrorCode.INVALID_REQUEST, message);
    }
}
