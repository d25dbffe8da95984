package dev.wakebox.compute.execution;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Documents for tests: a submitted execution with what the state machine's first state adds. */
public final class Documents {
    public static final String STARTED_AT = "2026-03-02T05:59:59Z";
    public static final String ID = "arn:aws:states:us-east-1:000000000000:execution:wakebox-ec2-run:night";

    private Documents() {}

    /** One of the fixtures in {@code events/}, started. */
    public static RunDocument fixture(String name) {
        return started(read(Path.of("../../events", name)));
    }

    /** A submitted execution, started at {@link #STARTED_AT}. */
    public static RunDocument started(Map<String, @Nullable Object> submitted) {
        return RunDocument.of(JsonObject.copyOf(submitted))
                .with(ID, "run", "id")
                .with("night", "run", "name")
                .with(STARTED_AT, "run", "started_at")
                .with(0, "run", "attempt")
                .with(STARTED_AT, "t0");
    }

    static JsonObject read(Path file) {
        try {
            return Json.object(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
