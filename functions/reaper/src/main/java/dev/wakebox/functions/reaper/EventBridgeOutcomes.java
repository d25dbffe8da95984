package dev.wakebox.functions.reaper;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;

/** Events {@code wakebox.run} on the default bus, as the state machine itself publishes them. Thread-safe. */
final class EventBridgeOutcomes implements OutcomeEvents {
    private static final int LONGEST_CAUSE = 4_000;

    private final EventBridgeClient events;

    EventBridgeOutcomes(EventBridgeClient events) {
        this.events = requireNonNull(events, "events is null");
    }

    /** EventBridge with the region, credentials and endpoint that the environment names. */
    static EventBridgeOutcomes create() {
        return new EventBridgeOutcomes(EventBridgeClient.builder()
                .httpClient(UrlConnectionHttpClient.create())
                .build());
    }

    @Override
    public void publish(BrokenOff run) {
        String cause = run.cause().substring(0, Math.min(run.cause().length(), LONGEST_CAUSE));
        String detail = Json.string(Map.of(
                "execution", run.execution(),
                "name", run.name(),
                "started_at", run.startedAt().toString(),
                "outcome", run.outcome().name(),
                "cause", cause));
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
