package dev.wakebox.local.lambda;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FunctionLogTest {
    @TempDir
    Path directory;

    @Test
    void append_whenItCantBeWritten_letsTheFunctionGoOn() throws Exception {
        var log = new FunctionLog(directory.resolve("logs/status.log"));
        Files.writeString(directory.resolve("logs"), "no directory");

        assertThatCode(() -> log.start("request")).doesNotThrowAnyException();
    }
}
