package dev.wakebox.compute.execution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunDocumentTest {
    @Test
    void with_whenPathIsNew_makesTheObjectsOnTheWay() {
        var before = RunDocument.of(JsonObject.of("a", Map.of("b", 1)));

        var after = before.with("x", "a", "c").with(2, "d", "e");

        assertThat(after.json()).isEqualTo(Map.of("a", Map.of("b", 1, "c", "x"), "d", Map.of("e", 2)));
        assertThat(before.json()).isEqualTo(Map.of("a", Map.of("b", 1)));
    }

    @Test
    void at_whenNothingIsThere_isNull() {
        var document = RunDocument.of(JsonObject.of("a", "text"));

        assertThat(document.at("a", "b")).isNull();
        assertThat(document.text("b")).isEmpty();
    }

    @Test
    void failed_whenWritten_isReadByTheStateMachine() {
        var failed = RunDocument.of(JsonObject.of())
                .failed(Failure.permanent(RunOutcome.LAUNCH_FAILED, "No.", "EC2StarterFromAMI"));

        assertThat(failed.at("failure"))
                .isEqualTo(Map.of(
                        "outcome", "LAUNCH_FAILED", "cause", "No.", "state", "EC2StarterFromAMI", "permanent", true));
    }
}
