package dev.wakebox.local;

import dev.wakebox.local.ec2.Timing;
import dev.wakebox.local.toy.EchoHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A repository in a temporary directory with the layout of this one, and the toy application in it. */
record ToyRepository(Path root) {
    static final Timing FAST = new Timing(
            Duration.ofMillis(50),
            Duration.ofMillis(50),
            Duration.ofMillis(50),
            Duration.ofMillis(50),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofMinutes(1),
            Duration.ofMillis(10),
            Duration.ofMillis(500));

    static ToyRepository in(Path root) {
        try {
            Path toy = Path.of(EchoHandler.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Files.copy(toy.resolve("toy/template.yaml"), root.resolve("template.yaml"));
            for (String function : List.of("echo", "worker", "broken", "authorizer")) {
                copy(
                        toy.resolve("dev/wakebox/local/toy"),
                        root.resolve("functions/" + function + "/target/classes/dev/wakebox/local/toy"));
            }
            Path boot = root.resolve("local/images/trainer/boot");
            Files.createDirectories(boot.getParent());
            Files.writeString(boot, "#!/bin/sh\n");
            Files.setPosixFilePermissions(boot, PosixFilePermissions.fromString("rwxr-xr-x"));
            return new ToyRepository(root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The Python with the emulator, which these tests need. */
    static Path python() {
        Path python = Path.of(System.getProperty("wakebox.python", "../.wakebox/venv/bin/python"));
        if (!Files.isExecutable(python)) {
            throw new IllegalStateException("There is no Python with the emulator at " + python
                    + ". `./wakebox test` sets it up; with Maven alone, name one with -Dwakebox.python=….");
        }
        return python;
    }

    Path directory() {
        return root.resolve(".wakebox/run");
    }

    ApplicationConfig config(String collector) {
        return new ApplicationConfig(
                root, directory(), python(), 0, 0, "toy", FAST, Map.of("Collector", collector), _ -> {});
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
