package dev.wakebox.local.application;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.ec2.Ec2Client;

/** Tests the AWS endpoint of the local application for the behaviour on which Wakebox relies. */
class LocalAwsTest extends AwsServices {
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

    @Override
    String image(Ec2Client ec2) {
        return "ami-linux";
    }
}
