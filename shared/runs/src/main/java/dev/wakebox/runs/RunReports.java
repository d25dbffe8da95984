package dev.wakebox.runs;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wakebox.compute.execution.LaunchProgress;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.execution.RunState;
import dev.wakebox.compute.execution.ScheduledEnd;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.TraceContext;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;

/** Reads a run's report from its execution. */
final class RunReports {
    private RunReports() {}

    /** @param place in the queue, if the run waits for a slot */
    static RunReport of(
            DescribeExecutionResponse execution, RunDocument document, List<RunStep> steps, Optional<Integer> place) {
        Optional<String> waitingFor =
                execution.status() == ExecutionStatus.RUNNING ? document.state().waitingFor() : Optional.empty();
        return new RunReport(
                execution.name(),
                status(execution.statusAsString(), waitingFor),
                waitingFor,
                place,
                owner(execution),
                outcome(execution, document),
                Optional.ofNullable(execution.cause()).or(() -> document.text("cause")),
                execution.startDate(),
                Optional.ofNullable(execution.stopDate()),
                document.state().attempt(),
                document.text("instance_parameters", "InstanceId"),
                document.text("command_id"),
                OutputStreams.of(document),
                steps,
                earlierAttempts(document),
                document.state().cost().map(EstimatedCost::of),
                document.state().launch().flatMap(LaunchProgress::price),
                keptUntil(document),
                document.state().trace().map(TraceContext::traceparent),
                document.text("run_options", "array", "execution").map(arn -> arn.substring(arn.lastIndexOf(':') + 1)),
                execution.executionArn());
    }

    /** The status of a run that waits for something, or does not. */
    static String status(String ofStepFunctions, Optional<String> waitingFor) {
        return waitingFor.isPresent() ? "QUEUED" : ofStepFunctions;
    }

    private static Optional<Instant> keptUntil(RunDocument document) {
        return document.text("stopped", "action")
                .filter("kept"::equals)
                .flatMap(_ -> document.state().launch())
                .flatMap(LaunchProgress::end)
                .map(ScheduledEnd::at);
    }

    /** Empty while the run is running. */
    static Optional<String> outcome(DescribeExecutionResponse execution, RunDocument document) {
        return switch (execution.status()) {
            case RUNNING, PENDING_REDRIVE -> Optional.empty();
            case ABORTED -> Optional.of("CANCELLED");
            case TIMED_OUT -> Optional.of("TIMED_OUT");
            case FAILED -> Optional.of(Optional.ofNullable(execution.error()).orElse("FAILED"));
            case SUCCEEDED, UNKNOWN_TO_SDK_VERSION ->
                document.text("outcome").or(() -> Optional.of(execution.statusAsString()));
        };
    }

    private static Optional<String> owner(DescribeExecutionResponse execution) {
        return Optional.ofNullable(execution.input())
                .filter(input -> input.startsWith("{"))
                .flatMap(input -> RunDocument.of(Json.object(input.getBytes(UTF_8)))
                        .state()
                        .owner());
    }

    private static List<EarlierAttempt> earlierAttempts(RunDocument document) {
        return document.state().json().objects("history").stream()
                .map(attempt -> new EarlierAttempt(
                        new RunState(attempt).attempt(),
                        attempt.optionalText("InstanceId"),
                        attempt.text("outcome"),
                        attempt.text("cause")))
                .toList();
    }
}
