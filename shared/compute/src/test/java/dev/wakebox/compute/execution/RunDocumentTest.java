package dev.wakebox.compute.execution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.TraceContext;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunDocumentTest {
    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

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
    void traced_whenTheOptionsNameATrace_isThePlaceOfTheExecutionInIt() {
        RunDocument document = Documents.started(JsonObject.of(
                "run_options", JsonObject.of("traceparent", PARENT).with("tracestate", "congo=t61")));

        RunDocument traced = document.traced();

        assertThat(traced.state().trace())
                .isEqualTo(document.trace(Documents.ID))
                .isPresent();
        assertThat(traced.traced().json()).isEqualTo(traced.json());
        assertThat(traced.text("run", "trace", "traceparent").orElseThrow())
                .matches("00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01")
                .isNotEqualTo(PARENT);
        assertThat(traced.at("run", "trace", "tracestate")).isEqualTo("congo=t61");
        assertThat(document.with("arn:other", "run", "id").traced().state().trace())
                .isPresent()
                .isNotEqualTo(traced.state().trace());
    }

    @Test
    void traced_whenTheOptionsNameNone_isTheSameDocument() {
        for (Object options : Arrays.asList(
                null,
                "text",
                Map.of(),
                Map.of("traceparent", "abc"),
                Map.of("traceparent", 7),
                Map.of("tracestate", "a=1"))) {
            RunDocument document = Documents.started(JsonObject.of("run_options", options));

            assertThat(document.traced()).as("%s", options).isSameAs(document);
        }
    }

    @Test
    void calledFrom_whenTheDocumentNamesNoTrace_isInThatOfTheCaller() {
        TraceContext caller = TraceContext.of(PARENT, "a=1").orElseThrow();
        RunDocument plain = RunDocument.of(JsonObject.of("commands", List.of("true")));
        RunDocument own = RunDocument.of(JsonObject.of("run_options", Map.of("traceparent", "abc")));
        RunDocument wrong = RunDocument.of(JsonObject.of("run_options", "text"));

        RunDocument called = plain.calledFrom(caller);

        assertThat(called.at("run_options")).isEqualTo(Map.of("traceparent", PARENT, "tracestate", "a=1"));
        assertThat(called.untraced().json()).isEqualTo(plain.json());
        assertThat(plain.with(7, "run_options", "timeout_s")
                        .calledFrom(caller)
                        .untraced()
                        .at("run_options"))
                .isEqualTo(Map.of("timeout_s", 7));
        assertThat(own.calledFrom(caller)).isSameAs(own);
        assertThat(wrong.calledFrom(caller)).isSameAs(wrong);
        assertThat(plain.untraced()).isSameAs(plain);
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
