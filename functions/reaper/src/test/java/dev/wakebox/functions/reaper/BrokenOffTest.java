package dev.wakebox.functions.reaper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.execution.RunOutcome;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BrokenOffTest {
    @Test
    void of_whenStoppedWithAReason_namesIt() {
        assertThat(BrokenOff.of(detail("ABORTED", "CANCELLED", "Not needed any more.")))
                .get()
                .extracting(BrokenOff::outcome, BrokenOff::cause)
                .containsExactly(
                        RunOutcome.CANCELLED, "The execution was stopped from outside: CANCELLED Not needed any more.");
    }

    @Test
    void of_whenStepFunctionsEndedIt_saysWhy() {
        assertThat(BrokenOff.of(detail("TIMED_OUT", "States.Timeout", "")))
                .get()
                .extracting(BrokenOff::outcome, BrokenOff::cause)
                .containsExactly(
                        RunOutcome.TIMED_OUT, "Step Functions ended the execution at its time limit: States.Timeout");
        assertThat(BrokenOff.of(detail("FAILED", "States.DataLimitExceeded", "Too much.")))
                .get()
                .extracting(BrokenOff::outcome, BrokenOff::cause)
                .containsExactly(
                        RunOutcome.COMMAND_FAILED,
                        "Step Functions could not continue the execution: States.DataLimitExceeded Too much.");
    }

    @ParameterizedTest
    @EnumSource(RunOutcome.class)
    void of_whenTheRunPublishedIt_isEmpty(RunOutcome outcome) {
        assertThat(BrokenOff.of(detail("FAILED", outcome.name(), "…"))).isEmpty();
    }

    @Test
    void of_whenTheInputNamesATrace_isAtThePlaceThatTheFunctionsOfTheRunFind() {
        String input =
                "{\"run_options\": {\"traceparent\": \"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\"}}";
        var run = RunDocument.of(Json.object(input.getBytes(UTF_8))).with("arn:…", "run", "id");

        assertThat(BrokenOff.of(detail("ABORTED", "", "").with("input", input))
                        .orElseThrow()
                        .trace())
                .isPresent()
                .isEqualTo(run.traced().state().trace());
        for (Object other : Arrays.asList(null, "", "7", "{", "{\"run_options\": 1}", 7)) {
            assertThat(BrokenOff.of(detail("ABORTED", "", "").with("input", other))
                            .orElseThrow()
                            .trace())
                    .as("%s", other)
                    .isEmpty();
        }
    }

    @Test
    void of_whenAnArrayPublishedThatItsRunsFailed_isEmpty() {
        assertThat(BrokenOff.of(detail("FAILED", "RUNS_FAILED", "…"))).isEmpty();
    }

    @Test
    void of_whenTheRunIsOneOfAnArray_hasItsIndex() {
        JsonObject stopped = detail("ABORTED", "", "");

        assertThat(BrokenOff.of(stopped.with("input", "{\"run_options\":{\"array\":{\"index\":17}}}"))
                        .orElseThrow()
                        .arrayIndex())
                .hasValue(17);
        assertThat(BrokenOff.of(stopped.with("input", "{}")).orElseThrow().arrayIndex())
                .isEmpty();
        assertThat(BrokenOff.of(stopped.with("input", null)).orElseThrow().arrayIndex())
                .isEmpty();
    }

    private static JsonObject detail(String status, String error, String cause) {
        return JsonObject.copyOf(Map.of(
                "executionArn",
                "arn:…",
                "name",
                "night",
                "startDate",
                0,
                "status",
                status,
                "error",
                error,
                "cause",
                cause));
    }
}
