package dev.wakebox.local.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandOutputTest {
    private static final Map<String, @Nullable Object> DOCUMENT =
            Map.of("command_id", "command-1", "instance_parameters", Map.of("InstanceId", "i-1"));

    @TempDir
    Path instances;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Test
    void show_whenTheOutputIsNoUtf8_showsTheRest() throws IOException {
        write(new byte[] {'a', (byte) 0xff, 'b', '\n'});

        assertThat(shown(new Runs.CommandOutput(instances))).isEqualTo("a\ufffdb");
    }

    @Test
    void show_whenALineIsHalfWritten_waitsForItsEnd() throws IOException {
        var output = new Runs.CommandOutput(instances);
        byte[] second = "ş\n".getBytes(UTF_8);
        write("first\n".getBytes(UTF_8));
        write(new byte[] {second[0]});
        assertThat(shown(output)).isEqualTo("first");

        write(new byte[] {second[1], second[2]});
        assertThat(shown(output)).isEqualTo("ş");
        assertThat(shown(output)).isEmpty();
    }

    private String shown(Runs.CommandOutput output) throws IOException {
        printed.reset();
        output.show(DOCUMENT, new Timeline(new PrintStream(printed, true, UTF_8), Clock.systemUTC()));
        return printed.toString(UTF_8).replaceAll("(?s).*stdout {2}", "").strip();
    }

    private void write(byte[] bytes) throws IOException {
        Path directory = Files.createDirectories(instances.resolve("commands/command-1/i-1"));
        Files.write(directory.resolve("stdout"), bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
