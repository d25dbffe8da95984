package dev.wakebox.functions.reaper;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import dev.wakebox.aws.AwsHttp;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.SnakeCase;
import dev.wakebox.runtime.TraceContext;
import dev.wakebox.runtime.WakeboxException;
import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;

/**
 * Publishes events {@code wakebox.run} on the default bus, in the format of the state machine's own events.
 * Thread-safe.
 */
final class EventBridgeOutcomes implements OutcomeEvents {
    private static final int LONGEST_CAUSE = 4_000;

    private final EventBridgeClient events;

    /** The detail of the event, as the state machine publishes it for runs that reach their last state. */
    @SnakeCase
    private record Detail(
            String execution,
            String name,
            Instant startedAt,
            String outcome,
            String cause,
            Optional<String> traceparent,
            Optional<String> tracestate,
            Optional<Number> arrayIndex) {}

    EventBridgeOutcomes(EventBridgeClient events) {
        this.events = requireNonNull(events, "events is null");
    }

    /** EventBridge with the region, credentials and endpoint of the environment. */
    static EventBridgeOutcomes create() {
        return new EventBridgeOutcomes(
                EventBridgeClient.builder().httpClient(AwsHttp.client()).build());
    }

    @Override
    public void publish(BrokenOff run) {
        String cause = run.cause().substring(0, Math.min(run.cause().length(), LONGEST_CAUSE));
        String detail = Json.string(new Detail(
                run.execution(),
                run.name(),
                run.startedAt(),
                run.outcome().name(),
                cause,
                run.trace().map(TraceContext::traceparent),
                run.trace().flatMap(TraceContext::state),
                run.arrayIndex()));
        String call = "publish the outcome of " + run.execution();
        try {
            var entry = PutEventsRequestEntry.builder()
                    .source("wakebox.run")
                    .detailType(run.outcome().name())
                    .detail(detail)
                    .build();
            var answer = events.putEvents(request -> request.entries(entry));
            if (answer.failedEntryCount() > 0) {
                throw new WakeboxException(
                        ErrorCode.UNAVAILABLE,
                        "Cannot " + call + ": " + answer.entries().getFirst().errorCode() + ".");
            }
        } catch (SdkException e) {
            throw AwsErrors.failed(call, e);
        }
    }
}
