package dev.wakebox.local.application;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The AWS endpoint of the local application does what the training server needs of AWS. */
class LocalAwsTest extends AwsBehaviour {
    @TempDir
    static Path directory;

    static RunningApplication app;

    @BeforeAll
    static void start() {
        app = RunningApplication.start(directory, Map.of());
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    @Override
    URI endpoint() {
        return app.aws();
    }
}
