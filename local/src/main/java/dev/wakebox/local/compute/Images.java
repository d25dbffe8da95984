package dev.wakebox.local.compute;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Machine images: {@code ami-<name>} is the directory of that name with an executable {@code boot}.
 *
 * <p>An id as AWS gives them ({@code ami-0} and hexadecimal digits) for which there is no directory stands for the bare
 * {@code linux} image, so that execution files written for AWS run unchanged.
 */
record Images(Path directory) {
    private static final Pattern ID = Pattern.compile("ami-([a-z0-9][a-z0-9._-]*)");
    private static final Pattern AWS_ID = Pattern.compile("ami-0([0-9a-f]{7}|[0-9a-f]{16})");

    /** The image's directory. */
    Path find(String id) {
        var name = ID.matcher(id);
        if (!name.matches()) {
            throw new ApiException("InvalidAMIID.Malformed", "Invalid id: \"" + id + "\" (expecting \"ami-...\")");
        }
        Path image = directory.resolve(name.group(1));
        if (bootable(image)) {
            return image;
        }
        Path linux = directory.resolve("linux");
        if (AWS_ID.matcher(id).matches() && bootable(linux)) {
            return linux;
        }
        throw new ApiException("InvalidAMIID.NotFound", "The image id '[" + id + "]' does not exist");
    }

    /** The ids of all images. */
    List<String> ids() {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> images = Files.list(directory)) {
            return images.filter(Images::bootable)
                    .map(image -> "ami-" + image.getFileName())
                    .filter(id -> ID.matcher(id).matches())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the images in " + directory + ".", e);
        }
    }

    private static boolean bootable(Path image) {
        return Files.isExecutable(image.resolve("boot"));
    }
}
