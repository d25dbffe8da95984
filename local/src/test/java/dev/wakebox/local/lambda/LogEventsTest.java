package dev.wakebox.local.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogEventsTest {
    @TempDir
    Path directory;

    @Test
    void filter_ofAFunctionsLog_hasItsJsonLinesSinceTheTime() throws IOException {
        Path file = directory.resolve("reaper.log");
        Files.write(
                file,
                List.of(
                        "START RequestId: 1",
                        "{\"timestamp\":1000,\"formattedMessage\":\"early\"}",
                        "{\"timestamp\":2000,\"formattedMessage\":\"late\"}",
                        "{\"timestamp\":",
                        "END RequestId: 1"));

        List<JsonObject> events = Json.object(new LogEvents(file).filter(JsonObject.of("startTime", 2000)))
                .objects("events");

        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.text("message")).contains("late");
            assertThat(event.number("timestamp")).isEqualTo(2000);
        });
    }

    @Test
    void filter_beforeTheFunctionHasRun_hasNoEvents() {
        var log = new LogEvents(directory.resolve("none.log"));

        assertThat(Json.object(log.filter(JsonObject.of())).objects("events")).isEmpty();
    }
}
