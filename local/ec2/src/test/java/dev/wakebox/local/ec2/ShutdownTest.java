package dev.wakebox.local.ec2;

import static dev.wakebox.local.ec2.TestEmulator.request;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.ec2.model.ShutdownBehavior;

/** Instances that shut themselves down, apart from {@link Ec2Test}, because one waits for a minute. */
class ShutdownTest {
    @TempDir
    private Path root;

    private TestEmulator emulator;

    @BeforeEach
    void start() {
        emulator = new TestEmulator(root);
    }

    @AfterEach
    void end() {
        emulator.close();
    }

    @Test
    void shutdown_whenTheInstanceRequestsIt_endsAsTheLaunchSaid() {
        emulator.image("brief", "#!/bin/sh\nsudo shutdown -h now\n");

        String stops = emulator.launch(request().imageId("ami-brief"));
        String terminates = emulator.launch(
                request().imageId("ami-brief").instanceInitiatedShutdownBehavior(ShutdownBehavior.TERMINATE));

        emulator.awaitState(stops, "stopped");
        emulator.awaitState(terminates, "terminated");
        assertThat(emulator.instance(stops).stateReason().code()).isEqualTo("Client.InstanceInitiatedShutdown");
    }

    @Test
    void shutdown_whenOrderedForLater_endsThenUnlessItIsCancelled() {
        emulator.image("later", "#!/bin/sh\nshutdown -h +1\n");
        emulator.image("cancelled", "#!/bin/sh\nshutdown -h +1\nshutdown -c\n");

        String cancelled = emulator.launch(request().imageId("ami-cancelled"));
        String ends = emulator.launch(request().imageId("ami-later"));

        emulator.awaitState(ends, "running");
        emulator.awaitState(ends, "stopped");
        assertThat(emulator.instance(cancelled).state().nameAsString()).isEqualTo("running");
    }
}
