package dev.wakebox.compute.execution;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunMetricsTest {
    private static final Instant END = Instant.parse(Documents.STARTED_AT).plusSeconds(905);

    /** The units of CloudWatch's MetricDatum. */
    private static final Set<String> UNITS = Set.of("Seconds", "Count", "None");

    private final RunMetrics metrics = new RunMetrics("wakebox");

    private static RunDocument ended(Map<String, ? extends @Nullable Object> options) {
        return Documents.started(JsonObject.of("run_options", JsonObject.copyOf(options)))
                .with(true, "run", "stopped");
    }

    private static RunDocument complete() {
        return ended(Map.of("n_retries_allowed", 1))
                .with(1, "run", "attempt")
                .with("2026-03-02T06:00:09Z", "run", "launch", "launched_at")
                .with("2026-03-02T06:00:51Z", "run", "sent_at")
                .with(
                        Map.of(
                                "attempts",
                                List.of(Map.of("attempt", 1, "seconds", 60, "usd", 0.0252, "usd_per_hour", Map.of()))),
                        "run",
                        "cost")
                .failed(Failure.of(RunOutcome.TIMED_OUT, "Late.", "EC2Poller"));
    }

    @Test
    void line_ofARun_isThisInEmbeddedMetricFormat() {
        assertThat(metrics.line(complete(), END))
                .contains("{\"_aws\":{\"Timestamp\":1772432104000,\"CloudWatchMetrics\":["
                        + "{\"Namespace\":\"Wakebox\",\"Dimensions\":[[\"Stack\",\"Outcome\"]],"
                        + "\"Metrics\":[{\"Name\":\"RunsEnded\",\"Unit\":\"Count\"}]},"
                        + "{\"Namespace\":\"Wakebox\",\"Dimensions\":[[\"Stack\"]],\"Metrics\":["
                        + "{\"Name\":\"RunDuration\",\"Unit\":\"Seconds\"},{\"Name\":\"RunAttempts\",\"Unit\":\"Count\"},"
                        + "{\"Name\":\"TimeToCommands\",\"Unit\":\"Seconds\"},{\"Name\":\"RunCost\",\"Unit\":\"None\"}]}]},"
                        + "\"Stack\":\"wakebox\",\"Outcome\":\"TIMED_OUT\",\"RunsEnded\":1,\"RunDuration\":905,\"RunAttempts\":2,"
                        + "\"TimeToCommands\":42,\"RunCost\":0.0252,\"Run\":\"night\"}");
    }

    /**
     * The rules of the specification: an integer of milliseconds, a namespace of up to 1,024 characters, up to 30 dimensions of up to
     * 250 characters whose values are texts, up to 100 metrics whose values are numbers, and nothing that has no value.
     */
    @Test
    void line_always_followsTheSpecification() {
        var found = new ArrayList<String>();
        for (RunDocument document : List.of(ended(Map.of()), complete())) {
            String line = metrics.line(document, END).orElseThrow();
            JsonObject root = Json.object(line.getBytes(UTF_8));

            assertThat(line).startsWith("{").endsWith("}").doesNotContain("\n", "\r");
            assertThat(line.getBytes(UTF_8)).hasSizeLessThan(256 * 1024);
            assertThat(root.object("_aws").keySet()).containsExactly("Timestamp", "CloudWatchMetrics");
            assertThat(root.object("_aws").get("Timestamp")).isEqualTo(END.toEpochMilli());
            for (JsonObject directive : root.object("_aws").objects("CloudWatchMetrics")) {
                assertThat(directive.keySet()).containsExactly("Namespace", "Dimensions", "Metrics");
                assertThat(directive.text("Namespace")).isEqualTo("Wakebox");
                assertThat(directive.list("Dimensions")).hasSize(1).allSatisfy(set -> assertThat((List<?>) set)
                        .isNotEmpty()
                        .hasSizeLessThanOrEqualTo(30)
                        .allSatisfy(name -> assertThat(root.text(String.valueOf(name)))
                                .isNotBlank()
                                .hasSizeLessThanOrEqualTo(250)));
                assertThat(directive.objects("Metrics")).isNotEmpty().hasSizeLessThanOrEqualTo(100);
                for (JsonObject metric : directive.objects("Metrics")) {
                    assertThat(metric.keySet()).containsExactly("Name", "Unit");
                    assertThat(metric.text("Unit")).isIn(UNITS);
                    assertThat(root.get(metric.text("Name"))).isInstanceOf(Number.class);
                    found.add(metric.text("Name"));
                }
            }
        }
        assertThat(found)
                .containsExactly(
                        "RunsEnded",
                        "RunDuration",
                        "RunAttempts",
                        "RunsEnded",
                        "RunDuration",
                        "RunAttempts",
                        "TimeToCommands",
                        "RunCost");
    }

    /** {@code template/dashboard.yaml} and {@code docs/operations.md} name what there is; PartsTest tests the resources of the dashboard. */
    @Test
    void dashboardAndPage_always_haveEachMetricAndOutcome() throws IOException {
        String dashboard = Files.readString(Path.of("../../template/dashboard.yaml"));
        String page = Files.readString(Path.of("../../docs/operations.md"));
        var ours = new TreeSet<>(Set.of("OrphansFound", "OrphansTerminated")); // of the reaper
        Json.object(metrics.line(complete(), END).orElseThrow().getBytes(UTF_8))
                .object("_aws")
                .objects("CloudWatchMetrics")
                .stream()
                .flatMap(directive -> directive.objects("Metrics").stream())
                .forEach(metric -> ours.add(metric.text("Name")));

        assertThat(all("\"Wakebox\",\"(\\w+)\"", dashboard)).isEqualTo(ours);
        assertThat(all("\"Outcome\",\"(\\w+)\"", dashboard))
                .isEqualTo(
                        Arrays.stream(RunOutcome.values()).map(RunOutcome::name).collect(toCollection(TreeSet::new)));
        assertThat(ours).allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
    }

    private static Set<String> all(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .collect(toCollection(TreeSet::new));
    }

    @Test
    void line_whenTheClockIsBehind_hasNoNegativeTime() {
        assertThat(metrics.line(ended(Map.of()), Instant.parse("2026-01-01T00:00:00Z")))
                .hasValueSatisfying(line -> assertThat(line).contains("\"RunDuration\":0,"));
    }

    /** Each line: what the state Ended of workflows/ec2-run.asl.yaml decides. */
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, false, 0, 0, 5, -, true",
                "COMMAND_FAILED, false, 0, 0, -, -, true",
                "COMMAND_FAILED, false, 0, 0, 1, -, false",
                "COMMAND_FAILED, false, 1, 0, 1, -, true",
                "COMMAND_FAILED, false, 1, 1, 1, 1, false",
                "COMMAND_FAILED, true, 0, 0, 1, -, true",
                "CANCELLED, false, 0, 0, 1, 1, true",
                "COST_LIMIT, false, 0, 0, 1, 1, true",
                "INTERRUPTED, false, 0, 0, 1, -, false",
                "INTERRUPTED, false, 0, 0, 1, 0, true",
                "INTERRUPTED, false, 1, 1, 0, 2, false",
                "INTERRUPTED, false, 2, 2, 0, 2, true",
                "OUTPUT_MISSING, false, 0, 0, 0, 3, true"
            })
    void line_whenAnotherAttemptFollows_isNotWritten(
            @Nullable String outcome,
            boolean permanent,
            int attempt,
            int interruptions,
            @Nullable Integer retries,
            @Nullable Integer allowedInterruptions,
            boolean ends) {
        RunDocument document = ended(Map.of())
                .with(retries, "run_options", "n_retries_allowed")
                .with(allowedInterruptions, "run_options", "n_interruptions_allowed")
                .with(attempt, "run", "attempt")
                .with(interruptions, "run", "interruptions");
        if (outcome != null) {
            document = document.with(Map.of("outcome", outcome, "cause", "…", "permanent", permanent), "failure");
        }

        assertThat(metrics.line(document, END).isPresent()).isEqualTo(ends);
        assertThat(metrics.line(document.with("…", "stopper_failure", "cause"), END))
                .isPresent();
        assertThat(metrics.line(document.with(false, "run", "stopped"), END)).isEmpty();
        assertThat(metrics.line(document.with(true, "run", "dry_run"), END)).isEmpty();
    }

    @Test
    void line_whenTheInputWasNoDocument_isNotWritten() {
        assertThat(metrics.line(RunDocument.of(JsonObject.of("run", Map.of("stopped", true))), END))
                .isEmpty();
    }
}
