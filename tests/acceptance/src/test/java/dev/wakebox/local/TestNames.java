package dev.wakebox.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Records the start of each test next to the decisions about roles, so that tests/roles.py can name the test. */
public final class TestNames implements BeforeEachCallback {
    @Override
    public void beforeEach(ExtensionContext test) throws IOException {
        String directory = System.getProperty("wakebox.permissions");
        if (directory == null) {
            return;
        }
        String name = test.getRequiredTestClass().getSimpleName() + "#"
                + test.getRequiredTestMethod().getName();
        Files.writeString(
                Files.createDirectories(Path.of(directory))
                        .resolve("tests-" + ProcessHandle.current().pid() + ".jsonl"),
                Json.string(Map.of("at", System.currentTimeMillis() / 1000.0, "test", name)) + "\n",
                UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }
}
